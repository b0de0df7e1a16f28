// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mime/transfer.h"

/// Decoding in pieces gives the same as at once and never more than was fed; what is encoded decodes to the same octets.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace p3scan::mime;
  if (size == 0) return 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto encoding = data[0] % 2U == 0 ? Encoding::base64 : Encoding::quoted_printable;
  const std::string_view ending = data[0] % 4U < 2 ? "\r\n" : "\n";
  const auto cut = text.size() * (data[0] >> 2U) / 64;
  const auto whole = decode_body(encoding, text);
  Decoder decoder(encoding);
  std::string decoded;
  decoder.feed(text.substr(0, cut), decoded);
  decoder.feed(text.substr(cut), decoded);
  decoder.finish(decoded);
  if (decoded != whole || whole.size() > text.size()) std::abort();
  const auto raw = encode_body(encoding, ending, text);
  Encoder encoder(encoding, ending);
  std::string encoded;
  encoder.feed(text.substr(0, cut), encoded);
  encoder.feed(text.substr(cut), encoded);
  encoder.finish(encoded);
  if (encoded != raw || decode_body(encoding, raw) != text) std::abort();
  return 0;
}
