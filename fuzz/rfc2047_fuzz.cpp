// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mime/address.h"
#include "mime/rfc2047.h"
#include "mime/utf8.h"

namespace {

/// No line break but CRLF with a blank and something behind it, no NUL.
bool is_value(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\0' || text[i] == '\n') return false;
    if (text[i] != '\r') continue;
    const auto fold = text.substr(i, 3) == "\r\n ";
    if (!fold || text.substr(i + 3, text.substr(i + 3).find('\r')).find_first_not_of(' ') == std::string_view::npos)
      return false;
    i += 2;
  }
  return true;
}

}  // namespace

/// Whatever is decoded is one line of UTF-8; whatever is encoded is one header value that decodes to the same text.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace p3scan::mime;
  if (size == 0) return 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto shown = decode(text);
  if (!is_utf8(shown) || display_text(shown) != shown) std::abort();
  const auto encoded = encode(text, data[0] % 100U);
  if (!is_value(encoded)) std::abort();
  if (size < 16 * 1024 && decode(encoded) != display_text(text)) std::abort();
  const auto addresses = encode_addresses(text, data[0] % 100U);
  if (!is_value(addresses) || !is_utf8(addresses)) std::abort();
  return 0;
}
