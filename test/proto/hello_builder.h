// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace p3scan::proto::test {

/// A ClientHello on the wire (RFC 8446 4.1.2), whatever is in its fields.
struct Hello {
  std::uint16_t version = 0x0303;
  std::string session = {};
  std::string suites = "\x13\x01";
  std::string extensions = {};
  std::string behind = {};  // more octets in the same record

  static std::string number(std::size_t octets, std::size_t value) {
    std::string text;
    while (octets-- > 0) text += static_cast<char>(value >> (8 * octets) & 0xffU);
    return text;
  }
  /// With its length in front, in so many octets.
  static std::string sized(std::size_t octets, const std::string& body) { return number(octets, body.size()) + body; }
  static std::string extension(std::uint16_t type, const std::string& body) { return number(2, type) + sized(2, body); }
  static std::string name(const std::string& host) {
    return extension(0, sized(2, std::string(1, '\0') + sized(2, host)));
  }
  static std::string alpn(std::initializer_list<std::string> names) {
    std::string list;
    for (const auto& one : names) list += sized(1, one);
    return extension(16, sized(2, list));
  }
  static std::string versions(std::initializer_list<std::uint16_t> numbers) {
    std::string list;
    for (const auto one : numbers) list += number(2, one);
    return extension(43, sized(1, list));
  }

  /// In records of so many octets.
  std::string wire(std::size_t record = 16384) const {
    auto body = number(2, version) + std::string(32, 'r') + sized(1, session) + sized(2, suites) +
                sized(1, std::string(1, '\0'));
    if (!extensions.empty()) body += sized(2, extensions);
    const auto message = '\x01' + sized(3, body) + behind;
    std::string records;
    for (std::size_t at = 0; at < message.size(); at += record)
      records += "\x16\x03\x01" + sized(2, message.substr(at, record));
    return records;
  }
};

}  // namespace p3scan::proto::test
