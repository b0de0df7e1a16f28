// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace p3scan::imap {

/// One pair of a FETCH response's data, as offsets in the response's text.
struct FetchDatum {
  std::size_t name = 0;  // "BODY[HEADER.FIELDS (Date)]<0>"
  std::size_t name_length = 0;
  std::size_t value = 0;  // the octets on the wire: number, NIL, "quoted", "{5}CRLFhello", a parenthesized list
  std::size_t value_length = 0;
  bool streamed = false;  // the value is a literal whose octets are not in the text: it ends with the CRLF of "{5}CRLF"
};

/// Cuts the data of a FETCH response (RFC 9051 section 7.5.2) into pairs, line by line as it arrives. What is inside of
/// parentheses is not understood, only counted, so that servers with an odd BODYSTRUCTURE get by.
class FetchScanner {
 public:
  static constexpr std::size_t kDeepest = 1000;  // parentheses

  /// `text`: of the response so far; [from, to) is the next line without its CRLF and without the announcement of a literal.
  /// False if it is no FETCH data.
  bool line(std::string_view text, std::size_t from, std::size_t to);

  /// A literal follows the line. False if none may stand here.
  bool literal() const;
  /// It is the value of the pair named so: its first octet is read next. Empty if it is only a part of one.
  std::string_view literal_name(std::string_view text) const;
  /// The pair that a literal would be a part of, by its name; empty while that is being read.
  std::string_view pair_name(std::string_view text) const;
  /// Its announcement begins at `from`, it ends at `to`.
  void literal_done(std::size_t from, std::size_t to, bool streamed);

  [[nodiscard]] bool complete() const { return phase_ == Phase::done; }
  [[nodiscard]] const std::vector<FetchDatum>& data() const { return data_; }
  std::vector<FetchDatum> take() { return std::move(data_); }

 private:
  enum class Phase {
    open,  // the parenthesis
    gap,   // between pairs, before a blank or the end
    name,
    before_value,
    atom,
    quoted,
    nested,
    done,
  };

  bool octet(char c, std::size_t at);
  bool gap(char c, std::size_t at);
  bool in_name(char c, std::size_t at);
  bool before_value(char c, std::size_t at);
  bool nested(char c, std::size_t at);
  bool in_string(char c);
  void end_value(std::size_t at);

  std::vector<FetchDatum> data_;
  Phase phase_ = Phase::open;
  std::size_t depth_ = 0;  // of parentheses in a value
  bool brackets_ = false;  // inside of those of a name
  bool string_ = false;    // inside of a quoted one
  bool escaped_ = false;   // behind a backslash in it
};

/// True if a pair of this name may hold text of a message's body: BODY[...] other than the message's own HEADER and
/// HEADER.FIELDS, BINARY[...], RFC822, RFC822.TEXT.
bool names_content(std::string_view name);

/// True for BODY[HEADER...] of the message itself and RFC822.HEADER.
bool names_header(std::string_view name);

/// True if the value of such a pair may be long or hold literals: what is understood above, ENVELOPE, BODY, BODYSTRUCTURE,
/// FLAGS and X-GM-LABELS. Of all others, known or not, only numbers, dates and ids come from honest servers.
bool may_be_long(std::string_view name);

/// The octets that a value on the wire stands for, which is quoted, a literal, or an atom; nothing for NIL and lists.
std::optional<std::string> string_value(std::string_view value);

}  // namespace p3scan::imap
