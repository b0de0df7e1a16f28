// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mime/header_end.h"

/// The place is the same for every chunking, in the message, and at the start of a line or behind its last octet.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  p3scan::mime::HeaderEnd whole;
  p3scan::mime::HeaderEnd octets;
  whole.feed(message);
  for (std::size_t i = 0; i < size; ++i) octets.feed(message.substr(i, 1));
  if (whole.found() != octets.found()) std::abort();
  whole.finish();
  octets.finish();
  if (whole.offset() != octets.offset() || whole.line_ending() != octets.line_ending()) std::abort();
  if (whole.needs_break() != octets.needs_break() || whole.offset() > size) std::abort();
  const bool line_start = whole.offset() == 0 || message[whole.offset() - 1] == '\n';
  if (line_start == whole.needs_break() || (whole.needs_break() && whole.offset() != size)) std::abort();
  if (message.substr(0, whole.offset()).contains("\n\n")) std::abort();
  if (message.substr(0, whole.offset()).contains("\n\r")) std::abort();
  return 0;
}
