// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imap/fetch_data.h"
#include "imap/literal.h"

namespace p3scan::imap {

/// A response of a server (RFC 9051 section 2.2.2).
struct Response {
  enum class Kind {
    untagged,      // "* ..."
    tagged,        // name is OK, NO or BAD
    continuation,  // "+ ..."; name is empty
  };

  Kind kind = Kind::untagged;
  std::string tag;
  std::optional<std::uint32_t> number;  // "* 12 FETCH"
  std::string name;                     // upper case: OK, NO, BAD, BYE, PREAUTH, FETCH, EXISTS, LIST ...
  /// The octets as they came, with literals and CRLF; but not those of streamed literals.
  std::string text;
  std::size_t rest = 0;          // offset in the text of what follows the name and its blank, or the "+"
  std::vector<FetchDatum> data;  // of FETCH

  /// A list of numbers (SEARCH, SORT, THREAD) too long to be kept: what follows of it comes as a response of its own, with
  /// the same name. Nothing may be said in between.
  bool more = false;

  /// What follows the name, without CRLF.
  [[nodiscard]] std::string_view arguments() const;
  [[nodiscard]] std::string_view name_of(const FetchDatum& datum) const;
  [[nodiscard]] std::string_view value_of(const FetchDatum& datum) const;
};

/// "[UIDNEXT 5] Predicted": what is in the brackets, and the text behind them. Views alias the response.
struct ResponseCode {
  std::string name;  // upper case
  std::string_view arguments;
  std::string_view text;
  std::size_t at = 0;      // offset of the bracket in Response::text
  std::size_t length = 0;  // with both brackets
};
/// The response code of a status response (OK, NO, BAD, BYE, PREAUTH); nothing if it has none.
std::optional<ResponseCode> response_code(const Response& response);

/// Reads what a server sends: lines that end with CRLF, and literals. Holds at most one response; of a FETCH response the
/// literals with content of a message are handed on while they come in.
class ResponseReader {
 public:
  enum class Status {
    need_more,
    response,  // response() is complete
    literal,   // response() is FETCH as far as it came; the octets of streamed() follow
    octets,    // octets() are of that literal
    broken,    // why(); nobody can tell where the next response begins
  };

  /// A literal that is not collected.
  struct Streamed {
    std::string_view name;  // of the pair; aliases the response. names_content() or names_header() is true
    std::uint64_t size = 0;
    bool literal8 = false;
    std::size_t at = 0;  // offset in the text where the octets belong
  };

  /// `limit`: octets of a response with its collected literals. Headers longer than a quarter of it are streamed.
  explicit ResponseReader(std::size_t limit) : limit_(limit) {}

  Status next(std::string_view& input);

  [[nodiscard]] const Response& response() const { return response_; }
  Response take() { return std::move(response_); }
  [[nodiscard]] const Streamed& streamed() const { return streamed_; }
  [[nodiscard]] std::string_view octets() const { return octets_; }  // aliases the input
  [[nodiscard]] std::string_view why() const { return why_; }        // static text

 private:
  enum class State { start, line, literal, stream, broken };

  Status read_line(std::string_view& input);
  Status end_line();
  Status part_of_list();
  bool begin(std::string_view line);
  bool begin_untagged(std::string_view line);
  bool is_fetch() const;
  bool may_hold_literal() const;
  bool scan_fetch(std::string_view words, const Tail& tail);
  bool take_data();
  Status literal_begins(const Tail& tail);
  Status collect(std::string_view& input);
  Status hand_on(std::string_view& input);
  void end_literal(bool streamed);
  Status broken(std::string_view why);

  std::size_t limit_;
  Response response_;
  FetchScanner fetch_;
  Streamed streamed_;
  std::size_t line_ = 0;     // offset in the text of the line being read
  std::size_t literal_ = 0;  // ... of the announcement of the literal being read
  std::uint64_t left_ = 0;   // octets of it that are missing
  std::string_view octets_;
  std::string_view why_;
  std::string list_;  // name of the list of numbers that goes on; empty if none does
  std::string kept_;  // its octets that the next response begins with
  State state_ = State::start;
};

}  // namespace p3scan::imap
