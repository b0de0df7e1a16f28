// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/transfer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ascii.h"
#include "mime/digits.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kLine = 76;        // RFC 2045 6.7 (5), 6.8
constexpr std::size_t kMaxBlanks = 998;  // RFC 5322 2.1.1: no line is longer
constexpr std::size_t kLongestToken = 3;

bool is_word(char c) { return ascii::is_digit(c) || c == '-' || (ascii::upper(c) >= 'A' && ascii::upper(c) <= 'Z'); }

/// The text behind a comment at its front, or behind its first character if the comment does not end.
std::string_view behind_comment(std::string_view text) {
  const auto end = text.find(')');
  return text.substr(end == std::string_view::npos ? 1 : end + 1);
}

}  // namespace

Encoding encoding_of(std::string_view value) {
  while (!value.empty() && !is_word(value.front()))
    value = value.front() == '(' ? behind_comment(value) : value.substr(1);
  const auto word = value.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(value, is_word) - value.begin()));
  if (ascii::equal_nocase(word, "base64")) return Encoding::base64;
  if (ascii::equal_nocase(word, "quoted-printable")) return Encoding::quoted_printable;
  for (const auto* const name : {"7bit", "8bit", "binary", ""})
    if (ascii::equal_nocase(word, name)) return Encoding::identity;
  return Encoding::other;
}

// Decoding.

void Decoder::end_group(std::string& out) {
  if (characters_ >= 2) out += static_cast<char>(static_cast<unsigned char>(bits_ >> (characters_ == 2 ? 4U : 10U)));
  if (characters_ == 3) out += static_cast<char>(static_cast<unsigned char>(bits_ >> 2U));
  bits_ = 0;
  characters_ = 0;
}

void Decoder::feed_base64(std::string_view raw, std::string& out) {
  out.reserve(out.size() + (raw.size() / 4 * 3) + 3);
  for (const char c : raw) {
    const int value = base64_value(c);
    if (value < 0) {
      if (c == '=') end_group(out);
      continue;
    }
    bits_ = bits_ << 6U | static_cast<unsigned>(value);
    if (++characters_ < 4) continue;
    out.append({static_cast<char>(static_cast<unsigned char>(bits_ >> 16U)),
                static_cast<char>(static_cast<unsigned char>(bits_ >> 8U)),
                static_cast<char>(static_cast<unsigned char>(bits_))});
    bits_ = 0;
    characters_ = 0;
  }
}

/// One octet while an escape is held: "=", "=X" or "=" and blanks and perhaps a CR.
void Decoder::take_escaped(char c, std::string& out) {
  const bool breaks = held_.size() == 1 || !hex_digit(held_[1]);  // blanks at most since the "="
  if (breaks && c == '\n') {
    held_.clear();
    return;
  }
  const bool goes_on = (ascii::is_blank(c) || c == '\r') && !held_.ends_with('\r') && held_.size() < kMaxBlanks;
  if (breaks && goes_on) {
    held_ += c;
    return;
  }
  if (held_.size() == 1 && hex_digit(c)) {
    held_ += c;
    return;
  }
  if (held_.size() == 2) {
    if (const auto octet = hex_octet(std::string{held_[1], c})) {
      out += *octet;
      held_.clear();
      return;
    }
  }
  out += held_;
  held_.clear();
  take_quoted(c, out);
}

void Decoder::take_quoted(char c, std::string& out) {
  if (held_.starts_with('=')) return take_escaped(c, out);
  if (c == '\n' || (c == '\r' && !held_.ends_with('\r'))) {  // the blanks in front may go, the line break stays
    if (c == '\r') {
      held_ += c;
    } else {
      out += held_.ends_with('\r') ? "\r\n" : "\n";
      held_.clear();
    }
    return;
  }
  const bool holds_on = ascii::is_blank(c) && !held_.ends_with('\r') && held_.size() < kMaxBlanks;
  if (!holds_on) {
    out += held_;
    held_.clear();
  }
  if (holds_on || c == '=' || c == '\r') {
    held_ += c;
  } else {
    out += c;
  }
}

void Decoder::feed_quoted(std::string_view raw, std::string& out) {
  while (!raw.empty()) {
    if (!held_.empty()) {
      take_quoted(raw.front(), out);
      raw.remove_prefix(1);
      continue;
    }
    const auto plain = raw.substr(0, raw.find_first_of("= \t\r"));
    out += plain;
    raw.remove_prefix(plain.size());
    if (raw.empty()) return;
    held_ += raw.front();
    raw.remove_prefix(1);
  }
}

void Decoder::feed(std::string_view raw, std::string& out) {
  switch (encoding_) {
    case Encoding::base64: return feed_base64(raw, out);
    case Encoding::quoted_printable: return feed_quoted(raw, out);
    case Encoding::identity:
    case Encoding::other: out += raw; return;
  }
}

void Decoder::finish(std::string& out) {
  if (encoding_ == Encoding::base64) end_group(out);
  if (held_.size() == 2 && hex_digit(held_[1])) out += held_;  // half an escape; else a soft line break, or blanks
  if (held_.ends_with('\r') && !held_.starts_with('=')) out += '\r';
  held_.clear();
}

// Encoding.

void Encoder::put_group(std::string_view octets, std::string& out) {
  if (column_ == kLine) {
    out += line_ending_;
    column_ = 0;
  }
  const auto octet = [&](std::size_t i) -> unsigned {
    return i < octets.size() ? static_cast<unsigned char>(octets[i]) : 0;
  };
  const unsigned bits = octet(0) << 16U | octet(1) << 8U | octet(2);
  out.append({kBase64[bits >> 18U], kBase64[bits >> 12U & 63U], octets.size() > 1 ? kBase64[bits >> 6U & 63U] : '=',
              octets.size() > 2 ? kBase64[bits & 63U] : '='});
  column_ += 4;
}

void Encoder::feed_base64(std::string_view octets, std::string& out) {
  out.reserve(out.size() + ((((octets.size() + 4) / 3 * 4 / kLine) + 1) * (kLine + 2)));
  while (!octets.empty() && !held_.empty()) {
    held_ += octets.front();
    octets.remove_prefix(1);
    if (held_.size() < 3) continue;
    put_group(held_, out);
    held_.clear();
  }
  for (; octets.size() >= 3; octets.remove_prefix(3)) put_group(octets.substr(0, 3), out);
  held_ += octets;
}

/// One octet of a line. The last column is kept for the "=" of a soft line break.
void Encoder::put_quoted(char c, bool escaped, std::string& out) {
  const std::size_t size = escaped ? kLongestToken : 1;
  if (column_ + size > kLine - 1) {
    out.append("=").append(line_ending_);
    column_ = 0;
  }
  column_ += size;
  if (!escaped) {
    out += c;
    return;
  }
  const unsigned value = static_cast<unsigned char>(c);
  out.append({'=', kHex[value >> 4U], kHex[value & 15U]});
}

/// Writes what was held until it was known whether a line ends behind it.
void Encoder::release(bool line_ends, std::string& out) {
  for (const char c : held_) put_quoted(c, line_ends || !ascii::is_blank(c), out);
  held_.clear();
}

void Encoder::feed_quoted(char c, std::string& out) {
  const bool breaks = c == '\n' && (line_ending_.size() == 1 || held_.ends_with('\r'));
  if (breaks) {
    if (line_ending_.size() == 2) held_.pop_back();
    release(true, out);
    out += line_ending_;
    column_ = 0;
    return;
  }
  if (c == '\r' && line_ending_.size() == 2 && !held_.ends_with('\r')) {
    held_ += c;  // behind a blank, if one is held
    return;
  }
  release(false, out);
  if (ascii::is_blank(c) || (c == '\r' && line_ending_.size() == 2)) {
    held_ += c;
  } else {
    put_quoted(c, c < ' ' || c > '~' || c == '=', out);
  }
}

void Encoder::feed(std::string_view octets, std::string& out) {
  switch (encoding_) {
    case Encoding::base64: return feed_base64(octets, out);
    case Encoding::quoted_printable:
      for (const char c : octets) feed_quoted(c, out);
      return;
    case Encoding::identity:
    case Encoding::other: out += octets; return;
  }
}

void Encoder::finish(std::string& out) {
  if (encoding_ == Encoding::quoted_printable) release(true, out);
  if (encoding_ == Encoding::base64 && !held_.empty()) put_group(held_, out);
  held_.clear();
}

std::string decode_body(Encoding encoding, std::string_view raw) {
  std::string out;
  Decoder decoder(encoding);
  decoder.feed(raw, out);
  decoder.finish(out);
  return out;
}

std::string encode_body(Encoding encoding, std::string_view line_ending, std::string_view octets) {
  std::string out;
  Encoder encoder(encoding, line_ending);
  encoder.feed(octets, out);
  encoder.finish(out);
  return out;
}

}  // namespace p3scan::mime
