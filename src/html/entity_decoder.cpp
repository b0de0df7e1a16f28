// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "html/entity_decoder.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"

namespace p3scan::html {
namespace {

struct Named {
  std::string_view name;
  char value;
};

/// Those of the HTML standard's names that give one ASCII character.
constexpr Named kNames[] = {
    {"Tab", '\t'},         {"NewLine", '\n'}, {"excl", '!'},   {"quot", '"'},   {"QUOT", '"'},
    {"num", '#'},          {"dollar", '$'},   {"percnt", '%'}, {"amp", '&'},    {"AMP", '&'},
    {"apos", '\''},        {"lpar", '('},     {"rpar", ')'},   {"ast", '*'},    {"midast", '*'},
    {"plus", '+'},         {"comma", ','},    {"period", '.'}, {"sol", '/'},    {"colon", ':'},
    {"semi", ';'},         {"lt", '<'},       {"LT", '<'},     {"equals", '='}, {"gt", '>'},
    {"GT", '>'},           {"quest", '?'},    {"commat", '@'}, {"lsqb", '['},   {"lbrack", '['},
    {"bsol", '\\'},        {"rsqb", ']'},     {"rbrack", ']'}, {"Hat", '^'},    {"lowbar", '_'},
    {"UnderBar", '_'},     {"grave", '`'},    {"lcub", '{'},   {"lbrace", '{'}, {"verbar", '|'},
    {"VerticalLine", '|'}, {"vert", '|'},     {"rcub", '}'},   {"rbrace", '}'}, {"DiacriticalGrave", '`'},
};

constexpr bool is_alpha(char c) { return ascii::upper(c) >= 'A' && ascii::upper(c) <= 'Z'; }

/// -1 for what is no digit.
constexpr int hex_digit(char c) {
  if (ascii::is_digit(c)) return c - '0';
  const char upper = ascii::upper(c);
  return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

constexpr std::uint32_t kTooMuch = 0x110000;
constexpr std::string_view kOld = "&<>\"";

}  // namespace

void EntityDecoder::hold(const Char& c, State state) {
  held_[held_count_++] = c;
  state_ = state;
  last_end_ = c.end;
}

void EntityDecoder::give_up(CharSink& sink) {
  const auto count = held_count_;
  held_count_ = 0;
  state_ = State::text;
  for (std::size_t i = 0; i < count; ++i) sink.take(held_[i]);
}

void EntityDecoder::give(char value, std::uint64_t end, CharSink& sink) {
  const auto begin = held_[0].begin;
  held_count_ = 0;
  state_ = State::text;
  sink.take({value, begin, end});
}

void EntityDecoder::give_unended(char value, CharSink& sink) {
  if (edits_ != nullptr) edits_->insert(last_end_, ";");
  added_ = true;
  give(value, last_end_, sink);
}

void EntityDecoder::feed(const Char& c, CharSink& sink) {
  switch (state_) {
    case State::text:
      if (c.value != '&') return sink.take(c);
      return hold(c, State::ampersand);
    case State::ampersand:
      if (c.value == '#') return hold(c, State::hash);
      if (is_alpha(c.value)) return hold(c, State::name);
      break;
    case State::hash:
      number_ = 0;
      if (c.value == 'x' || c.value == 'X') return hold(c, State::hex_start);
      if (!ascii::is_digit(c.value)) break;
      state_ = State::decimal;
      return in_number(c, sink);
    case State::hex_start:
      if (hex_digit(c.value) < 0) break;
      state_ = State::hexadecimal;
      return in_number(c, sink);
    case State::decimal:
    case State::hexadecimal: return in_number(c, sink);
    case State::name: return in_name(c, sink);
  }
  give_up(sink);
  feed(c, sink);
}

/// The semicolon may be missing, and there may be any number of zeros.
void EntityDecoder::in_number(const Char& c, CharSink& sink) {
  const int digit = hex_digit(c.value);
  const int base = state_ == State::decimal ? 10 : 16;
  if (digit >= 0 && digit < base) {
    number_ = std::min((number_ * static_cast<std::uint32_t>(base)) + static_cast<std::uint32_t>(digit), kTooMuch);
    last_end_ = c.end;
    return;
  }
  const char value = number_ == 0 || number_ > 0x7f ? kNotAscii : static_cast<char>(number_);
  if (c.value == ';') return give(value, c.end, sink);
  give_unended(value, sink);
  feed(c, sink);
}

void EntityDecoder::in_name(const Char& c, CharSink& sink) {
  if ((is_alpha(c.value) || ascii::is_digit(c.value)) && held_count_ < kLongest) return hold(c, State::name);
  const auto value = named_value();
  if (value != '\0' && c.value == ';') return give(value, c.end, sink);
  end_name(value, sink);
  feed(c, sink);
}

/// Old names may do without the semicolon.
void EntityDecoder::end_name(char value, CharSink& sink) {
  const bool is_old = value != '\0' && kOld.contains(value) && held_count_ <= sizeof "quot";
  return is_old ? give_unended(value, sink) : give_up(sink);
}

/// NUL for a name that we do not know.
char EntityDecoder::named_value() const {
  std::string name;
  for (std::size_t i = 1; i < held_count_; ++i) name += held_[i].value;
  const auto* const known = std::ranges::find(kNames, name, &Named::name);
  return known == std::end(kNames) ? '\0' : known->value;
}

void EntityDecoder::finish(CharSink& sink) {
  if (state_ == State::decimal || state_ == State::hexadecimal) {
    give_unended(number_ == 0 || number_ > 0x7f ? kNotAscii : static_cast<char>(number_), sink);
  } else if (state_ == State::name) {
    end_name(named_value(), sink);
  } else if (state_ != State::text) {
    give_up(sink);
  }
}

}  // namespace p3scan::html
