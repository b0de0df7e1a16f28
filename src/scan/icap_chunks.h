// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace p3scan::scan {

/// Finds the end of a chunked body (RFC 9112, 7.1) of which nobody wants the octets.
class IcapChunks {
 public:
  enum class State : std::uint8_t { more, end, nonsense };

  /// Takes what belongs to the body off the front of `octets`.
  State skip(std::string_view& octets);

 private:
  enum class At : std::uint8_t { size, data, data_end, trailer, end, nonsense };

  void take(char c);
  void take_line(std::string_view line);

  At at_ = At::size;
  std::string line_;  // begun
  std::uint64_t left_ = 0;
};

}  // namespace p3scan::scan
