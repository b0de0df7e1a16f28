// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/unique_fd.h"
#include "socket.h"

namespace p3scan::bench {

constexpr std::string_view kEndOfMail = "\r\n.\r\n";
/// What follows the part of a mail of known size that may be thrown away unseen: its last CRLF is in there, and so
/// is whatever a proxy added.
constexpr std::uint64_t kTail = 16;
constexpr std::uint64_t kLeastMail = 512;

/// A plausible mail of exactly `octets` octets (at least kLeastMail): headers and base64-like lines, CRLF, no line
/// that begins with a dot.
std::string make_mail(std::uint64_t octets);

/// Bytes that are sent again and again. Large ones are kept in a memory file, which the kernel sends without copying.
class Prepared {
 public:
  explicit Prepared(std::string bytes);  // throws std::system_error
  Task<> send(Socket& socket) const { return file_ ? socket.send_file(file_.get(), size_) : socket.write(bytes_); }

 private:
  std::string bytes_;
  UniqueFd file_;
  std::uint64_t size_;
};

/// Takes the octets of a mail announced as `octets` long, and the terminator.
Task<> swallow_mail(Socket& socket, std::uint64_t octets);

}  // namespace p3scan::bench
