// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "html/tokenizer.h"

#include <algorithm>

#include "base/ascii.h"
#include "html/marks.h"

namespace p3scan::html {
namespace {

constexpr auto kDoubtful = "_"sv;

constexpr bool is_letter(char c) { return ascii::upper(c) >= 'A' && ascii::upper(c) <= 'Z'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

/// What readers do not agree about in a name.
constexpr bool is_doubtful(char c) {
  return ascii::is_control(c) || static_cast<unsigned char>(c) >= 0x80 || R"(<"'`)"sv.contains(c);
}

std::string_view reference_of(char c) {
  switch (c) {
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '`': return "&#96;";
    case '<': return "&lt;";
    default: return {};
  }
}

}  // namespace

std::uint64_t Tokenizer::pending() const {
  const bool in_name = state_ == State::tag_name || state_ == State::attribute_name || state_ == State::declaration;
  return std::min(less_than_, in_name && name_.is_known() ? name_.begin() : kNothingPending);
}

void Tokenizer::set_raw(std::string_view name) {
  raw_ = name;
  raw_in_comment_ = in_comment_;
}

/// <!-- ... --> as the standard has it, abrupt ends and --!> included.
void Tokenizer::follow_comment(char c) {
  if (c == '-') {
    ++dashes_;
  } else if (c == '>' && dashes_ >= 2) {
    in_comment_ = false;
    if (raw_in_comment_) raw_ = {};
  } else if (c != '!' || dashes_ < 2) {
    dashes_ = 0;
  }
}

std::string_view Tokenizer::take(const Char& c, bool in_css) {
  in_css_ = in_css;
  replaced_ = {};
  if (in_comment_) follow_comment(c.value);
  step(c);
  return replaced_;
}

void Tokenizer::replace(const Char& c, std::string_view text) {
  edits_.replace_octet(c.begin, text);
  replaced_ = text;
}

void Tokenizer::step(const Char& c) {
  switch (state_) {
    case State::text:
      if (c.value == '<') state_ = State::tag_open;
      return;
    case State::tag_open: return tag_open(c);
    case State::end_tag_open: return open_name(c, Opener::end);
    case State::instruction_open: return open_name(c, Opener::instruction);
    case State::declaration: return declaration(c);
    case State::raw_end_tag: return raw_end_tag(c);
    case State::tag_name:
    case State::attribute_name: return in_name(c);
    case State::before_attribute:
    case State::after_quoted: return before_attribute(c);
    case State::after_attribute_name: return after_attribute_name(c);
    case State::before_value: return before_value(c);
    case State::double_quoted: return quoted(c, '"');
    case State::single_quoted: return quoted(c, '\'');
    case State::unquoted: return unquoted(c);
  }
}

void Tokenizer::tag_open(const Char& c) {
  state_ = State::text;
  const bool raw = !raw_.empty();
  if (c.value == '<') {
    state_ = State::tag_open;
  } else if (c.value == '/') {
    state_ = raw ? State::raw_end_tag : State::end_tag_open;
    raw_matched_ = 0;
  } else if (raw) {
    if (is_letter(c.value) && part_raw_) edits_.insert(c.begin, " ");
  } else if (c.value == '?') {
    state_ = State::instruction_open;
  } else if (c.value == '!') {
    state_ = State::declaration;
    name_.reset(c.end);
    dashes_ = 0;
  } else {
    open_name(c, Opener::start);
  }
}

void Tokenizer::open_name(const Char& c, Opener opener) {
  state_ = State::text;
  if (!is_letter(c.value)) return step(c);
  state_ = State::tag_name;
  opener_ = opener;
  name_.reset(c.begin);
  name_.add(c.value, c.begin);
}

void Tokenizer::declaration(const Char& c) {
  if (is_letter(c.value)) return add_to_name(c);
  if (c.value == '-' && name_.text().empty()) {
    if (++dashes_ < 2) return;
    in_comment_ = true;
    state_ = State::text;
    return;
  }
  handler_.declaration(name_);
  state_ = State::text;
  step(c);
}

void Tokenizer::raw_end_tag(const Char& c) {
  if (raw_matched_ < raw_.size() && ascii::upper(c.value) == ascii::upper(raw_[raw_matched_])) {
    if (raw_matched_ == 0) name_.reset(c.begin);
    name_.add(c.value, c.begin);
    ++raw_matched_;
    return;
  }
  const bool is_end = raw_matched_ == raw_.size() && (is_blank(c.value) || c.value == '/' || c.value == '>');
  state_ = State::text;
  if (is_end) {
    raw_ = {};
    opener_ = Opener::end;
    state_ = State::tag_name;
  }
  step(c);
}

void Tokenizer::in_name(const Char& c) {
  const bool in_tag = state_ == State::tag_name;
  const bool ends = is_blank(c.value) || c.value == '/' || c.value == '>' || (!in_tag && c.value == '=');
  if (!ends) return add_to_name(c);
  end_name(c.begin);
  state_ = in_tag ? State::before_attribute : State::after_attribute_name;
  step(c);
}

void Tokenizer::add_to_name(const Char& c) {
  if (is_doubtful(c.value)) {
    replace(c, kDoubtful);
    name_.add('_', c.begin);
  } else {
    name_.add(c.value, c.begin);
  }
  // Only octets that are edited away make a short name this long.
  if (c.end - name_.begin() <= kMaxUndecided || !name_.is_known()) return;
  edits_.insert(name_.local(), state_ == State::attribute_name ? kAttributeMark : kMark);
  name_.forget();
}

void Tokenizer::end_name(std::uint64_t at) {
  if (state_ == State::tag_name) return handler_.tag_name(opener_, name_, at);
  handler_.attribute_name(name_);
  has_attribute_ = true;
}

/// Also behind a quoted value, where the standard misses a blank but goes on the same.
void Tokenizer::before_attribute(const Char& c) {
  if (is_blank(c.value) || c.value == '/') {
    state_ = State::before_attribute;
    return;
  }
  if (c.value == '>') return end_tag();
  state_ = State::attribute_name;
  name_.reset(c.begin);
  add_to_name(c);  // even '='
}

void Tokenizer::after_attribute_name(const Char& c) {
  if (is_blank(c.value)) return;
  if (c.value == '=') {
    state_ = State::before_value;
    return;
  }
  end_attribute(State::before_attribute);
  before_attribute(c);
}

void Tokenizer::before_value(const Char& c) {
  if (is_blank(c.value)) return;
  if (c.value == '"' || c.value == '\'') {
    state_ = c.value == '"' ? State::double_quoted : State::single_quoted;
  } else if (c.value == '>') {
    end_attribute(State::text);
    end_tag();
  } else {
    state_ = State::unquoted;
    unquoted(c);
  }
}

void Tokenizer::quoted(const Char& c, char quote) {
  if (less_than_ != kNothingPending) {
    if (is_letter(c.value) || "/!?"sv.contains(c.value)) edits_.replace_octet(less_than_, reference_of('<'));
    less_than_ = kNothingPending;
  }
  if (c.value == quote) return end_attribute(State::after_quoted);
  if (c.value == '<' && in_css_) {
    replace(c, reference_of('<'));
  } else if (c.value == '<') {
    less_than_ = c.begin;
  }
  handler_.value(c);
}

void Tokenizer::unquoted(const Char& c) {
  if (is_blank(c.value)) return end_attribute(State::before_attribute);
  if (c.value == '>') {
    end_attribute(State::text);
    return end_tag();
  }
  if (const auto reference = reference_of(c.value); !reference.empty()) replace(c, reference);
  handler_.value(c);
}

void Tokenizer::end_attribute(State next) {
  if (has_attribute_) handler_.attribute_ends();
  has_attribute_ = false;
  state_ = next;
}

void Tokenizer::end_tag() {
  state_ = State::text;
  handler_.tag_ends();
}

void Tokenizer::finish(std::uint64_t end) {
  const auto state = state_;
  less_than_ = kNothingPending;
  switch (state) {
    case State::text:
    case State::end_tag_open:
    case State::instruction_open: break;
    case State::tag_open: edits_.insert(end, " "); break;
    case State::declaration: handler_.declaration(name_); break;
    case State::raw_end_tag: break;
    case State::tag_name:
    case State::attribute_name: end_name(end); [[fallthrough]];
    case State::before_attribute:
    case State::after_attribute_name:
    case State::before_value:
    case State::double_quoted:
    case State::single_quoted:
    case State::unquoted:
    case State::after_quoted:
      end_attribute(State::text);
      end_tag();
      if (state == State::double_quoted || state == State::single_quoted) {
        edits_.insert(end, state == State::double_quoted ? R"(">)"sv : "'>"sv);
      } else {
        edits_.insert(end, ">");
      }
  }
  state_ = State::text;
}

}  // namespace p3scan::html
