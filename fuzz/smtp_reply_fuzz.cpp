// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "proto/smtp/capabilities.h"
#include "proto/smtp/reply.h"

namespace {

using namespace p3scan::proto::smtp;

constexpr std::size_t kLimit = 256;

/// Whole lines with one code, and the last one says that it is the last.
void check(const Reply& reply) {
  auto text = reply.text;
  const auto code = std::to_string(reply.code);
  if (text.size() > kLimit || !text.ends_with("\r\n")) std::abort();
  while (!text.empty()) {
    const auto line = text.substr(0, text.find("\r\n"));
    text.remove_prefix(line.size() + 2);
    const bool last = line.size() == 3 || line[3] == ' ';
    if (!line.starts_with(code) || last != text.empty()) std::abort();
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) std::abort();
  }
}

std::string parse(std::string_view wire, std::size_t step) {
  ReplyParser parser(kLimit);
  std::string log;
  std::string buffer;
  for (std::size_t at = 0; at < wire.size(); at += step) {
    buffer += wire.substr(at, step);
    std::string_view view = buffer;
    for (;;) {
      const auto before = view.size();
      const auto reply = parser.next(view);
      if (!reply) return log + "error";
      if (!*reply) break;
      if (view.size() >= before) std::abort();
      check(**reply);
      log += (*reply)->text;
      const auto all = carried((*reply)->text, 1000);
      if (carried(all.text, 1000).text != all.text) std::abort();
    }
    buffer.erase(0, buffer.size() - view.size());
  }
  return log;
}

}  // namespace

/// Only whole replies come out, the same ones in every chunking.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t step = 1 + (data[0] % 9);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view wire(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = parse(wire, size);
  const auto parts = parse(wire, step);
  if (whole != parts) std::abort();
  return 0;
}
