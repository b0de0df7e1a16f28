// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/response_reader.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "imap/fetch_data.h"
#include "imap/literal.h"

namespace p3scan::imap {
namespace {

using Status = ResponseReader::Status;
using std::string_view_literals::operator""sv;
constexpr auto kNone = std::string_view::npos;
constexpr std::size_t kLongList = 65536;    // a list of numbers that is longer goes on in parts
constexpr std::size_t kLongestWord = 1024;  // of a data item that may not be long

// Where the grammar has a string: RFC 9051 section 7.3, RFC 2342, 2971, 4314, 5255, 5464, 9208.
constexpr std::array kWithStrings = {
    "LIST"sv,  "LSUB"sv,       "XLIST"sv,     "STATUS"sv, "NAMESPACE"sv, "ID"sv,       "ACL"sv,        "MYRIGHTS"sv,
    "QUOTA"sv, "LISTRIGHTS"sv, "QUOTAROOT"sv, "FETCH"sv,  "METADATA"sv,  "LANGUAGE"sv, "COMPARATOR"sv, "ESEARCH"sv};
constexpr std::array kStatus = {"OK"sv, "NO"sv, "BAD"sv, "BYE"sv, "PREAUTH"sv};
constexpr std::array kNumbers = {"SEARCH"sv, "SORT"sv, "THREAD"sv};

bool is_one_of(const auto& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }
bool is_word_char(char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7f; }
bool is_name_char(char c) { return ascii::is_alnum(c) || c == '-' || c == '_' || c == '.'; }

std::string_view take_field(std::string_view& text) {
  const auto field = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(field.size() + 1, text.size()));
  return field;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return ascii::upper(c); });
  return out;
}

bool has_stray_octet(std::string_view line) {
  return line.contains('\r') || line.contains('\n') || line.contains('\0');
}

}  // namespace

std::string_view Response::arguments() const {
  auto all = std::string_view(text).substr(std::min(rest, text.size()));
  if (all.ends_with("\r\n")) all.remove_suffix(2);
  return all;
}

std::string_view Response::name_of(const FetchDatum& datum) const {
  return std::string_view(text).substr(datum.name, datum.name_length);
}

std::string_view Response::value_of(const FetchDatum& datum) const {
  return std::string_view(text).substr(datum.value, datum.value_length);
}

std::optional<ResponseCode> response_code(const Response& response) {
  const auto arguments = response.arguments();
  const bool status = response.kind == Response::Kind::tagged || is_one_of(kStatus, response.name);
  if (!status || !arguments.starts_with('[')) return std::nullopt;
  bool quoted = false;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (quoted && arguments[i] == '\\') {
      ++i;
    } else if (arguments[i] == '"') {
      quoted = !quoted;
    } else if (arguments[i] == ']' && !quoted) {
      auto inside = arguments.substr(1, i - 1);
      auto text = arguments.substr(i + 1);
      if (text.starts_with(' ')) text.remove_prefix(1);
      ResponseCode code{.name = upper(take_field(inside)), .arguments = inside, .text = text};
      code.at = response.rest;
      code.length = i + 1;
      return code;
    }
  }
  return std::nullopt;
}

Status ResponseReader::next(std::string_view& input) {
  auto status = Status::need_more;
  bool moved = true;
  while (status == Status::need_more && moved) {
    const auto before = state_;
    switch (state_) {
      case State::start:
        response_ = {};
        response_.name = list_;
        response_.text = std::exchange(kept_, {});
        fetch_ = {};
        line_ = 0;
        state_ = State::line;
        break;
      case State::line: status = read_line(input); break;
      case State::literal: status = collect(input); break;
      case State::stream: status = hand_on(input); break;
      case State::broken: return Status::broken;
    }
    moved = state_ != before;
  }
  return status;
}

Status ResponseReader::read_line(std::string_view& input) {
  const auto end = input.find('\n');
  const auto length = end == kNone ? input.size() : end + 1;
  const auto room = limit_ + 1 - std::min(response_.text.size(), limit_);
  const auto piece = input.substr(0, std::min(length, room));
  response_.text += piece;
  input.remove_prefix(piece.size());
  if (piece.ends_with('\n')) return end_line();
  if (line_ == 0 && response_.text.size() > std::min(kLongList, limit_)) return part_of_list();
  return response_.text.size() > limit_ ? broken("Response too long") : Status::need_more;
}

/// The line is long and not complete: hands on what there is if it is a list of numbers.
Status ResponseReader::part_of_list() {
  auto& text = response_.text;
  const bool too_long = text.size() > limit_;
  if (list_.empty() && !begin(text)) return broken("No response");
  const auto cut = text.rfind(' ');
  if (!is_one_of(kNumbers, response_.name) || response_.number || cut <= response_.rest || cut == kNone)
    return too_long ? broken("Response too long") : Status::need_more;
  list_ = response_.name;
  kept_ = text.substr(cut);
  text.resize(cut);
  if (has_stray_octet(text)) return broken("Stray octet in response");
  response_.more = true;
  state_ = State::start;
  return Status::response;
}

Status ResponseReader::end_line() {
  auto& text = response_.text;
  if (text.size() > limit_) return broken("Response too long");
  const auto line = std::string_view(text).substr(line_, text.size() - line_ - 1);
  if (!line.ends_with('\r')) return broken("Line end is not CRLF");
  const auto words = line.substr(0, line.size() - 1);
  if (has_stray_octet(words)) return broken("Stray octet in response");
  if (line_ == 0 && list_.empty() && !begin(words)) return broken("No response");
  const auto tail = response_tail(words);
  if (tail.kind == Tail::Kind::flaw) return broken("Neither a literal nor a line end");
  const bool literal = tail.kind == Tail::Kind::literal;
  if (literal && !may_hold_literal()) return broken("Literal where none belongs");
  if (is_fetch() && !scan_fetch(words, tail)) return broken("FETCH response not understood");
  if (literal) return literal_begins(tail);
  if (is_fetch() && !take_data()) return broken("A data item that is no number, date or id");
  list_.clear();
  state_ = State::start;
  return Status::response;
}

/// Takes in a line of a FETCH response; false if it is none.
bool ResponseReader::scan_fetch(std::string_view words, const Tail& tail) {
  const auto from = line_ == 0 ? std::min(response_.rest, words.size()) : line_;
  const auto to = line_ + words.size() - tail.length;
  if (!fetch_.line(response_.text, from, to)) return false;
  return tail.kind == Tail::Kind::literal ? fetch_.literal() : fetch_.complete();
}

bool ResponseReader::take_data() {
  response_.data = fetch_.take();
  return std::ranges::all_of(response_.data, [this](const FetchDatum& datum) {
    return datum.value_length <= kLongestWord || may_be_long(response_.name_of(datum));
  });
}

/// Finds tag and name. False if they are none.
bool ResponseReader::begin(std::string_view line) {
  auto& r = response_;
  auto rest = line;
  const auto first = take_field(rest);
  r.rest = line.size() - rest.size();
  r.tag.clear();
  if (first == "+") {
    r.kind = Response::Kind::continuation;
    return true;
  }
  if (first == "*") {
    r.kind = Response::Kind::untagged;
    return begin_untagged(line);
  }
  r.kind = Response::Kind::tagged;
  r.tag = first;
  r.name = upper(take_field(rest));
  r.rest = line.size() - rest.size();
  const bool known = r.name == "OK" || r.name == "NO" || r.name == "BAD";
  return known && !first.empty() && std::ranges::all_of(first, is_word_char);
}

bool ResponseReader::begin_untagged(std::string_view line) {
  auto rest = line.substr(response_.rest);
  auto name = take_field(rest);
  response_.number.reset();
  if (!name.empty() && std::ranges::all_of(name, ascii::is_digit)) {
    response_.number = ascii::number<std::uint32_t>(name);
    if (!response_.number) return false;
    name = take_field(rest);
  }
  response_.name = upper(name);
  response_.rest = line.size() - rest.size();
  return !name.empty() && std::ranges::all_of(name, is_name_char);
}

bool ResponseReader::is_fetch() const {
  return response_.kind == Response::Kind::untagged && response_.number && response_.name == "FETCH";
}

bool ResponseReader::may_hold_literal() const {
  if (response_.number || response_.name == "FETCH") return is_fetch();
  return response_.kind == Response::Kind::untagged && is_one_of(kWithStrings, response_.name);
}

Status ResponseReader::literal_begins(const Tail& tail) {
  auto& text = response_.text;
  literal_ = text.size() - 2 - tail.length;
  left_ = tail.size;
  const auto name = is_fetch() ? fetch_.literal_name(text) : std::string_view();
  if (names_content(name) || (names_header(name) && tail.size > limit_ / 4)) {
    streamed_ = {.name = name, .size = tail.size, .literal8 = tail.literal8, .at = text.size()};
    state_ = State::stream;
    return Status::literal;
  }
  const auto pair = is_fetch() ? fetch_.pair_name(text) : std::string_view();
  if (!pair.empty() && !may_be_long(pair)) return broken("Literal where none belongs");
  if (tail.size > limit_ || text.size() + tail.size > limit_) return broken("Literal too long");
  state_ = State::literal;
  return Status::need_more;
}

Status ResponseReader::collect(std::string_view& input) {
  const auto piece = input.substr(0, std::min<std::uint64_t>(left_, input.size()));
  response_.text += piece;
  input.remove_prefix(piece.size());
  left_ -= piece.size();
  if (left_ == 0) end_literal(false);
  return Status::need_more;
}

Status ResponseReader::hand_on(std::string_view& input) {
  if (left_ == 0) {
    end_literal(true);
    return Status::need_more;
  }
  if (input.empty()) return Status::need_more;
  octets_ = input.substr(0, std::min<std::uint64_t>(left_, input.size()));
  input.remove_prefix(octets_.size());
  left_ -= octets_.size();
  return Status::octets;
}

void ResponseReader::end_literal(bool streamed) {
  if (is_fetch()) fetch_.literal_done(literal_, response_.text.size(), streamed);
  line_ = response_.text.size();
  state_ = State::line;
}

Status ResponseReader::broken(std::string_view why) {
  why_ = why;
  state_ = State::broken;
  return Status::broken;
}

}  // namespace p3scan::imap
