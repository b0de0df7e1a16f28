// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mime/early_header.h"
#include "mime/header.h"
#include "mime/header_end.h"

/// The result is a prefix that only grows, holds whole fields and ends in front of an added header line.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace p3scan::mime;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const auto final = early_header(message, true);
  if (!message.starts_with(final)) std::abort();
  std::size_t before = 0;
  for (std::size_t i = 0; i <= size; i += 1 + size / 512) {
    const auto early = early_header(message.substr(0, i), false);
    if (early.size() < before || early.size() > final.size()) std::abort();
    before = early.size();
  }
  HeaderEnd end;
  end.feed(message);
  end.finish();
  if (final.size() > end.offset()) std::abort();
  std::size_t octets = 0;
  Fields fields(final);
  while (const auto field = fields.next()) octets += field->length;
  if (octets != final.size() || count_fields(final, "Subject") != 0 || count_fields(final, "From") > 1) std::abort();
  return 0;
}
