// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "html/css_scanner.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "html/marks.h"

namespace p3scan::html {
namespace {

constexpr std::size_t kLongestName = 32;
constexpr std::string_view kAddressFunctions[] = {"url", "src", "url-prefix", "domain"};
constexpr std::string_view kOtherFunctions[] = {"image-set",  "-webkit-image-set", "-moz-image-set", "image",
                                                "expression", "alphaimageloader",  "-o-image-set",   "-ms-image-set"};

constexpr bool is_newline(char c) { return c == '\n' || c == '\r' || c == '\f'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || is_newline(c); }

constexpr int hex_digit(char c) {
  if (ascii::is_digit(c)) return c - '0';
  const char upper = ascii::upper(c);
  return upper >= 'A' && upper <= 'F' ? upper - 'A' + 10 : -1;
}

constexpr unsigned kMostDigits = 6;

}  // namespace

bool CssScanner::is_name(char c) {
  const char upper = ascii::upper(c);
  return (upper >= 'A' && upper <= 'Z') || ascii::is_digit(c) || c == '-' || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::uint64_t CssScanner::pending() const { return in_name() || state_ == State::address ? start_ : kNothingPending; }

void CssScanner::take(const Char& c) {
  give_up_if_late(c);
  switch (state_) {
    case State::outside: return outside(c);
    case State::name:
      if (escape_cr_ && c.value == '\n') {
        escape_cr_ = false;
        return;
      }
      escape_cr_ = false;
      if (c.value == '\\') {
        state_ = State::escape;
      } else if (is_name(c.value)) {
        add(c.value);
      } else {
        end_name(&c);
        if (state_ == State::outside) outside(c);
      }
      return;
    case State::escape: return in_escape(c);
    case State::hex: return in_hex(c);
    case State::address_start: return in_address_start(c);
    case State::address: return in_address(c);
  }
}

void CssScanner::outside(const Char& c) {
  const bool begins = is_name(c.value) || c.value == '\\';
  if (begins) {
    behind_at_ = after_at_;
    start_ = c.begin;
    name_.clear();
    escape_cr_ = false;
    state_ = c.value == '\\' ? State::escape : State::name;
    if (c.value != '\\') add(c.value);
  }
  after_at_ = c.value == '@';
}

void CssScanner::add(char c) {
  if (name_.size() <= kLongestName) name_ += c;
}

void CssScanner::in_escape(const Char& c) {
  if (is_newline(c.value)) {  // no escape: the name ended in front of the backslash
    end_name(nullptr);
    return outside(c);
  }
  digits_ = 0;
  code_ = 0;
  state_ = State::hex;
  if (hex_digit(c.value) >= 0) return in_hex(c);
  state_ = State::name;
  add(c.value);
}

/// One to six digits, and one blank that belongs to them.
void CssScanner::in_hex(const Char& c) {
  const int digit = hex_digit(c.value);
  if (digit >= 0 && digits_ < kMostDigits) {
    code_ = code_ * 16 + static_cast<std::uint32_t>(digit);
    ++digits_;
    return;
  }
  end_hex();
  escape_cr_ = c.value == '\r';
  if (!is_blank(c.value)) take(c);
}

void CssScanner::end_hex() {
  state_ = State::name;
  add(code_ > 0 && code_ < 0x80 ? static_cast<char>(code_) : kNotAscii);
}

/// `next` is the character behind the name, if there is one that could make it a call.
void CssScanner::end_name(const Char* next) {
  state_ = State::outside;
  const auto is = [&](std::string_view word) { return ascii::equal_nocase(name_, word); };
  const bool call = next != nullptr && next->value == '(';
  if (behind_at_ && is("import")) edits_.insert(start_, kMark);
  if (call && std::ranges::any_of(kOtherFunctions, is)) edits_.insert(start_, kMark);
  if (call && std::ranges::any_of(kAddressFunctions, is)) {
    state_ = State::address_start;
    quote_ = '\0';
    after_at_ = false;
    address_ = {};
    begun_.clear();
  }
}

void CssScanner::in_address_start(const Char& c) {
  const bool quoted = quote_ != '\0';
  if (is_blank(c.value) && !quoted) return;
  if ((c.value == '"' || c.value == '\'') && !quoted) {
    quote_ = c.value;
    return;
  }
  if (c.value == (quoted ? quote_ : ')')) {  // no address
    state_ = State::outside;
    return outside(c);
  }
  start_ = c.begin;
  state_ = State::address;
  in_address(c);
}

void CssScanner::in_address(const Char& c) {
  const auto match = address_.feed(c.value);
  if (match == Match::allowed) {
    state_ = State::outside;
    return;
  }
  if (address_.has_begun()) begun_.push_back(c);
  if (match == Match::refused) refuse_address();
}

/// What was taken for an address is read again: for another reader it may be names.
void CssScanner::refuse_address() {
  edits_.insert(start_, kNoAddress);
  state_ = State::outside;
  for (const auto& c : std::exchange(begun_, {})) take(c);
}

void CssScanner::give_up_if_late(const Char& c) {
  const auto pending_at = pending();
  if (pending_at == kNothingPending || c.end - pending_at <= kMaxUndecided) return;
  if (state_ == State::address) return refuse_address();
  const auto may_become = [&](std::string_view word) { return ascii::starts_with_nocase(word, name_); };
  const bool dangerous = std::ranges::any_of(kAddressFunctions, may_become) ||
                         std::ranges::any_of(kOtherFunctions, may_become) || (behind_at_ && may_become("import"));
  if (dangerous) edits_.insert(start_, kMark);
  name_.assign(kLongestName + 1, '?');
  start_ = c.begin;
}

void CssScanner::finish() {
  if (state_ == State::address) refuse_address();
  if (state_ == State::hex) end_hex();
  if (in_name()) end_name(nullptr);
  state_ = State::outside;
  after_at_ = false;
}

}  // namespace p3scan::html
