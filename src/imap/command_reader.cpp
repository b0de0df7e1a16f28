// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/command_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "imap/append_syntax.h"
#include "imap/literal.h"

namespace p3scan::imap {
namespace {

using Status = CommandReader::Status;
using std::string_view_literals::operator""sv;
constexpr auto kNone = std::string_view::npos;

/// ASTRING-CHAR without "+" (RFC 9051 section 9). Some servers mind 8 bit in a tag, and none is in need of it.
bool is_tag_char(char c) {
  return static_cast<unsigned char>(c) < 0x80 && !ascii::is_control(c) && !R"( (){%*"\+)"sv.contains(c);
}

bool is_verb_char(char c) { return ascii::is_alnum(c) || c == '-' || c == '_' || c == '.'; }

/// Takes the octets up to a blank, and the blank.
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

/// Of the line that begins at `from`; a CR in front of it belongs to a literal.
void remove_line_end(std::string& text, std::size_t from = 0) {
  text.pop_back();
  if (text.size() > from && text.ends_with('\r')) text.pop_back();
}

bool has_stray_octet(std::string_view line) { return line.find_first_of("\r\0"sv) != kNone; }

}  // namespace

std::vector<std::string> sync_pieces(const Command& command) {
  std::vector<std::string> pieces;
  std::size_t from = 0;
  for (const auto& literal : command.literals) {
    auto piece = command.text.substr(from, literal.at - from);
    if (!literal.sync) piece.erase(piece.size() - "+}\r\n"sv.size(), 1);
    pieces.push_back(std::move(piece));
    from = literal.at;
  }
  pieces.push_back(command.text.substr(from));
  return pieces;
}

Status CommandReader::next(std::string_view& input) {
  auto status = Status::need_more;
  bool moved = true;
  while (status == Status::need_more && moved) {
    const auto before = state_;
    switch (state_) {
      case State::start:
        command_ = {};
        append_ = {};
        line_ = 0;
        state_ = State::line;
        break;
      case State::line: status = read_line(input); break;
      case State::literal: status = collect(input); break;
      case State::message_start: state_ = State::message; break;
      case State::message: status = hand_on(input); break;
      case State::swallow: status = swallow(input); break;
      case State::swallow_line: status = swallow_line(input); break;
      case State::broken: return Status::broken;
    }
    moved = state_ != before;
  }
  return status;
}

Status CommandReader::next_data(std::string_view& input) {
  if (std::exchange(data_complete_, false)) data_.clear();
  const bool whole = take_line(input, data_);
  if (data_.size() > limit_) return broken("Line too long");
  if (!whole) return Status::need_more;
  remove_line_end(data_);
  data_complete_ = true;
  return has_stray_octet(data_) ? broken("Control character in line") : Status::data;
}

void CommandReader::refuse() {
  const auto& literals = command_.literals;
  const bool begins = state_ == State::literal || state_ == State::message_start;
  const bool waits = begins && literals.back().sync;
  state_ = waits ? State::start : State::swallow;
}

/// Appends what there is of the line; true if that is all of it.
bool CommandReader::take_line(std::string_view& input, std::string& text) const {
  const auto end = input.find('\n');
  const auto length = end == kNone ? input.size() : end + 1;
  const auto room = limit_ + 1 - std::min(text.size(), limit_);  // one more than the limit says that it is too long
  text += input.substr(0, std::min(length, room));
  input.remove_prefix(length);
  return end != kNone;
}

Status CommandReader::read_line(std::string_view& input) {
  while (!input.empty()) {
    const bool whole = take_line(input, command_.text);
    if (command_.text.size() > limit_) {
      if (line_ == 0) begin_command(command_.text);
      return broken("Command too long");
    }
    if (!whole) break;
    const bool blank = line_ == 0 && (command_.text == "\n" || command_.text == "\r\n");
    if (!blank) return end_line();
    command_.text.clear();  // a line end too much behind a command: servers overlook it
  }
  return Status::need_more;
}

Status CommandReader::end_line() {
  remove_line_end(command_.text, line_);
  const auto line = std::string_view(command_.text).substr(line_);
  auto rest = line;
  if (line_ == 0) {
    if (begin_command(line) == Status::refused) return Status::refused;
    rest = line.substr(std::min(command_.arguments, line.size()));
  }
  if (has_stray_octet(line)) return refuse_line("Control character in command");
  const auto tail = command_tail(line);
  if (tail.kind == Tail::Kind::flaw) return refuse_line("Neither a literal nor a line end");
  const bool literal = tail.kind == Tail::Kind::literal;
  auto next = literal ? AppendSyntax::Next::mailbox : AppendSyntax::Next::end;
  if (command_.verb == "APPEND") next = append_.line(rest, tail);
  if (next == AppendSyntax::Next::flaw) return refuse_line("Arguments of APPEND not understood");
  if (literal) return literal_begins(tail, next == AppendSyntax::Next::message);
  command_.text += "\r\n";
  state_ = State::start;
  return Status::command;
}

/// Finds tag and verb. Returns refused if there are none, command otherwise.
Status CommandReader::begin_command(std::string_view line) {
  auto rest = line;
  const auto tag = take_field(rest);
  if (tag.empty() || tag.size() > kLongestTag || !std::ranges::all_of(tag, is_tag_char))
    return refuse_line("Invalid tag");
  command_.tag = tag;
  auto verb = take_field(rest);
  command_.uid = ascii::equal_nocase(verb, "UID");
  if (command_.uid) verb = take_field(rest);
  if (verb.empty() || !std::ranges::all_of(verb, is_verb_char)) return refuse_line("No command");
  command_.verb = upper(verb);
  command_.arguments = line.size() - rest.size();
  return Status::command;
}

Status CommandReader::literal_begins(const Tail& tail, bool message) {
  if (!message && (tail.size > limit_ || command_.text.size() + 2 + tail.size > limit_))
    return refuse_line("Literal too long");
  command_.text += "\r\n";
  command_.literals.push_back({.at = command_.text.size(),
                               .size = tail.size,
                               .sync = tail.sync,
                               .literal8 = tail.literal8,
                               .message = message});
  left_ = tail.size;
  state_ = message ? State::message_start : State::literal;
  if (message) return Status::message;
  return tail.sync ? Status::literal : Status::need_more;
}

Status CommandReader::collect(std::string_view& input) {
  const auto piece = input.substr(0, std::min<std::uint64_t>(left_, input.size()));
  command_.text += piece;
  input.remove_prefix(piece.size());
  left_ -= piece.size();
  if (left_ > 0) return Status::need_more;
  line_ = command_.text.size();
  state_ = State::line;
  return Status::need_more;
}

Status CommandReader::hand_on(std::string_view& input) {
  if (left_ == 0) {
    line_ = command_.text.size();
    state_ = State::line;
    return Status::message_end;
  }
  if (input.empty()) return Status::need_more;
  octets_ = input.substr(0, std::min<std::uint64_t>(left_, input.size()));
  input.remove_prefix(octets_.size());
  left_ -= octets_.size();
  return Status::octets;
}

Status CommandReader::swallow(std::string_view& input) {
  const auto length = std::min<std::uint64_t>(left_, input.size());
  input.remove_prefix(length);
  left_ -= length;
  if (left_ > 0) return Status::need_more;
  command_.text.clear();
  state_ = State::swallow_line;
  return Status::need_more;
}

Status CommandReader::swallow_line(std::string_view& input) {
  const bool whole = take_line(input, command_.text);
  if (command_.text.size() > limit_) return broken("Command too long");
  if (!whole) return Status::need_more;
  remove_line_end(command_.text);
  if (!swallow_literal_of(command_.text)) state_ = State::start;
  return Status::need_more;
}

Status CommandReader::refuse_line(std::string_view why) {
  why_ = why;
  if (!swallow_literal_of(std::string_view(command_.text).substr(line_))) state_ = State::start;
  return Status::refused;
}

Status CommandReader::broken(std::string_view why) {
  why_ = why;
  state_ = State::broken;
  return Status::broken;
}

/// The client will not wait before it sends the octets of a literal like "{5+}", even if the command is refused.
bool CommandReader::swallow_literal_of(std::string_view line) {
  if (!line.ends_with("+}")) return false;
  line.remove_suffix(2);
  const auto size = ascii::number<std::uint64_t>(line.substr(line.rfind('{') + 1));
  if (!size) return false;
  left_ = *size;
  state_ = State::swallow;
  return true;
}

}  // namespace p3scan::imap
