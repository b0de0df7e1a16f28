// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace p3scan::scan {

/// The senders that an administrator or a user listed. One entry per line, or several with '|' between them; a line
/// that begins with '#', and the rest of a line behind blank and '#', is a comment. Upper and lower case are the same.
/// What an entry is read as, the first that fits:
///   Name <user@host>   the address in the brackets
///   *@host, user?@*    with * or ?, with @ and without blanks and brackets: a pattern for whole addresses
///   *news*             any other with * or ?: a pattern for whole addresses and for the whole From line
///   @host              exactly this host
///   user@host          exactly this address
///   host.name          without blanks, with a dot inside: this host and those below it
///   any text           a part of the From line; at least 3 octets
/// An entry with '@' is never looked for in a display name, which anybody can write.
class AddressList {
 public:
  static constexpr std::size_t kMaxPatterns = 2000;  // patterns and texts: each is tried on each mail
  static constexpr std::size_t kMaxEntry = 320;      // octets

  static AddressList parse(std::string_view text);

  /// The entry, as it stands in the list, that fits one sender: `address`, and the decoded From line as a reader sees
  /// it. Empty if none does. Of the line the first 1000 octets count.
  [[nodiscard]] std::string_view find(std::string_view address, std::string_view line) const;

  [[nodiscard]] bool empty() const { return exact_.empty() && patterns_.empty(); }
  [[nodiscard]] std::size_t dropped() const { return dropped_; }  // entries too long, too short or too many

 private:
  struct Pattern {
    std::string text;  // upper case
    std::string written;
    bool of_line;
    bool of_address;
  };

  void add_line(std::string_view line);
  void add(std::string_view entry);
  void add_pattern(std::string_view entry);
  void add_text(std::string_view entry);
  [[nodiscard]] std::string_view find_exact(const std::string& address) const;

  std::unordered_map<std::string, std::string> exact_;  // "USER@HOST", "@HOST", ".HOST" (and below) to what was written
  std::vector<Pattern> patterns_;                       // a text is a pattern with * at both ends
  std::size_t dropped_ = 0;
};

/// Whether `text` has the form of `pattern`, in which * stands for any octets and ? for one. Time is bounded by the
/// product of both lengths.
bool fits(std::string_view pattern, std::string_view text);

/// What a login name is as a part of a file name; empty if it can't be one: '/', control characters, a dot or '-' in
/// front, more than 200 octets.
std::string_view user_file_part(std::string_view user);

}  // namespace p3scan::scan
