// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Prints what becomes of each row of snippets.txt: name, mode and syntax, the text and the cleaned text in hexadecimal.
#include <cstdio>
#include <string>

#include "html/snippets.h"

namespace {

std::string hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    out.append({kDigits[octet / 16], kDigits[octet % 16]});
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  constexpr const char* kModes[] = {"webbugs", "strict", "p3pmail"};
  constexpr const char* kSyntaxes[] = {"html", "xhtml", "svg", "css"};
  for (const auto& row : p3scan::html::read_snippets(argv[1])) {
    std::printf("%s\t%s\t%s\t%s\t%s\n", row.name.c_str(), kModes[static_cast<int>(row.way.mode)],
                kSyntaxes[static_cast<int>(row.way.syntax)], hex(row.text).c_str(),
                hex(p3scan::html::clean(row.text, row.way)).c_str());
  }
  return 0;
}
