// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Says of mails what FETCH says of them, for comparison with a mail store. Each line of standard input is a file name, a
// tab and a list of data items: "/mails/1\t(ENVELOPE BODY.PEEK[1])". The answer to each: its size on a line, then itself.
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "imap/command_reader.h"
#include "imap/fetch_command.h"
#include "imap/render.h"

namespace {

using p3scan::imap::Command;

std::string said(const std::string& message, const std::string& items) {
  Command command;
  command.tag = "1";
  command.verb = "FETCH";
  command.text = "1 FETCH 1 " + items + "\r\n";
  command.arguments = std::string_view("1 FETCH ").size();
  const auto fetch = p3scan::imap::parse_fetch(command);
  if (!fetch) return "no FETCH: " + std::string(fetch.error());
  std::string out;
  for (const auto& piece : p3scan::imap::render(message, fetch->items).pieces) {
    out += piece.text + message.substr(piece.offset, piece.length);
  }
  return out;
}

}  // namespace

int main() {
  std::string line;
  std::string path;
  std::string message;
  while (std::getline(std::cin, line)) {
    const auto tab = line.find('\t');
    if (const auto next = line.substr(0, tab); next != path) {
      path = next;
      std::ifstream file(path, std::ios::binary);
      message.assign(std::istreambuf_iterator<char>(file), {});
    }
    const auto text = said(message, line.substr(tab + 1));
    std::cout << text.size() << '\n' << text;
  }
  return 0;
}
