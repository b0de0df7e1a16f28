// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace p3scan::imap {

/// A part of a message as a mail store numbers it. Offsets count from the first octet of the message.
struct TreePart {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  enum class Kind : std::uint8_t { other, text, multipart, message };

  std::size_t parent = kNone;
  std::size_t first_child = kNone;
  std::size_t last_child = kNone;
  std::size_t next = kNone;  // the next part beside it
  std::uint64_t begin = 0;   // first octet of the header
  std::uint64_t body = 0;    // behind the empty line; the line end in front of a delimiter belongs to the delimiter
  std::uint64_t end = 0;
  std::uint64_t lines = 0;  // line ends in the body
  Kind kind = Kind::other;
  bool is_digest = false;  // multipart/digest: parts without a type are messages
  bool is_mime = false;    // Content fields count: a part of a multipart, or MIME-Version or Content-Type is there

  std::size_t first_child_of_message() const { return kind == Kind::message ? first_child : kNone; }
  std::string_view header_of(std::string_view message) const { return message.substr(begin, body - begin); }
  std::string_view body_of(std::string_view message) const { return message.substr(body, end - body); }
};

struct TreeLimits {
  std::size_t parts = 10000;
  std::size_t depth = 100;
};

/// The parts of a message as mail stores (Dovecot, the model) show them to clients: one reading, where mime::Structure
/// has all. It decides only what BODYSTRUCTURE says and which octets "BODY[2.1]" are: whatever it says is cut from an
/// inspected message. Never fails, linear time; beyond a limit parts are not divided any further.
std::vector<TreePart> read_mime_tree(std::string_view message, const TreeLimits& limits = {});

}  // namespace p3scan::imap
