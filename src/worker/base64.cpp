// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/base64.h"

#include <array>

namespace p3scan::worker {
namespace {

constexpr signed char kNone = -1;

constexpr auto kValues = [] {
  std::array<signed char, 256> values{};
  values.fill(kNone);
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < digits.size(); ++i)
    values[static_cast<unsigned char>(digits[i])] = static_cast<signed char>(i);
  return values;
}();

}  // namespace

std::string_view Base64Decoder::decode(std::string_view piece) {
  out_.clear();
  for (const char c : piece) {
    const auto value = kValues[static_cast<unsigned char>(c)];
    if (value == kNone) continue;
    bits_ = bits_ << 6U | static_cast<std::uint32_t>(value);
    count_ += 6;
    if (count_ < 8) continue;
    count_ -= 8;
    out_ += static_cast<char>(bits_ >> count_);
  }
  return out_;
}

}  // namespace p3scan::worker
