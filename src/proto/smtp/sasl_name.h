// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

namespace p3scan::proto::smtp {

/// Finds out who logs in by looking over the shoulder of an AUTH dialogue (RFC 4954). Only the name is kept, never
/// what proves it.
class SaslName {
 public:
  /// The arguments of AUTH: mechanism and perhaps an initial response.
  void start(std::string_view arguments);

  /// A line that the client answers to a challenge.
  void respond(std::string_view line);

  /// At most kLongest octets, any of which may occur; empty while unknown.
  [[nodiscard]] const std::string& name() const { return name_; }

  static constexpr std::size_t kLongest = 320;

 private:
  std::string mechanism_;  // upper case
  std::string name_;
  bool asked_ = false;  // the first response has been seen: what follows is secret
};

}  // namespace p3scan::proto::smtp
