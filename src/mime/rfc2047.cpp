// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/rfc2047.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "mime/charset.h"
#include "mime/digits.h"
#include "mime/header.h"
#include "mime/utf8.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kMaxValue = 65536;
constexpr std::size_t kMaxCharsetName = 40;
constexpr int kMaxConversions = 16;  // by iconv, for one value
constexpr std::string_view kWordStart = "=?";
constexpr std::string_view kWordEnd = "?=";

std::optional<std::string> decode_q(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      out += text[i] == '_' ? ' ' : text[i];
      continue;
    }
    const auto octet = hex_octet(text.substr(i + 1));
    if (!octet) return std::nullopt;
    out += *octet;
    i += 2;
  }
  return out;
}

std::optional<std::string> decode_b(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) return std::nullopt;
    bits = bits << 6U | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(static_cast<unsigned char>(bits >> count));
  }
  return out;
}

struct Word {
  std::string_view charset;
  std::string bytes;
  std::size_t end = 0;  // offset behind it
};

/// The encoded-word that begins at `at`, where "=?" stands.
std::optional<Word> parse_word(std::string_view text, std::size_t at) {
  const auto body = text.substr(at + kWordStart.size());
  const auto charset = body.substr(0, body.substr(0, kMaxCharsetName + 1).find('?'));
  if (charset.empty() || charset.size() > kMaxCharsetName || charset.size() == body.size()) return std::nullopt;
  const auto rest = body.substr(charset.size() + 1);
  if (rest.size() < 2 || rest[1] != '?') return std::nullopt;
  const auto coded = rest.substr(2, rest.substr(2).find('?'));
  if (!rest.substr(2 + coded.size()).starts_with(kWordEnd)) return std::nullopt;
  const char encoding = ascii::upper(rest[0]);
  if (encoding != 'Q' && encoding != 'B') return std::nullopt;
  auto bytes = encoding == 'Q' ? decode_q(coded) : decode_b(coded);
  if (!bytes) return std::nullopt;
  const auto size = kWordStart.size() + charset.size() + 3 + coded.size() + kWordEnd.size();
  return Word{.charset = charset.substr(0, charset.find('*')),
              .bytes = *std::move(bytes),
              .end = at + size};  // RFC 2231 5: charset*language
}

class Decoder {
 public:
  explicit Decoder(std::string_view text) : text_(text) {}

  std::string run() {
    for (auto at = text_.find(kWordStart); at != std::string_view::npos; at = text_.find(kWordStart, at)) {
      const auto word = parse_word(text_, at);
      if (!word) {
        ++at;
        continue;
      }
      add(*word, at);
      at = end_;
    }
    flush();
    out_ += display_text(text_.substr(end_));
    return std::move(out_);
  }

 private:
  /// Blanks between two encoded-words are not shown (RFC 2047 6.2). Octets of one charset are joined before they are
  /// converted: many programs split characters.
  void add(const Word& word, std::size_t start) {
    const auto between = text_.substr(end_, start - end_);
    const bool adjacent = !charset_.empty() && ascii::trim(between).empty();
    if (!adjacent || !ascii::equal_nocase(charset_, word.charset)) {
      flush();
      if (!adjacent) out_ += display_text(between);
      start_ = start;
    }
    charset_ = word.charset;
    bytes_ += word.bytes;
    end_ = word.end;
  }

  void flush() {
    if (charset_.empty()) return;
    const bool allowed = is_builtin_charset(charset_) || conversions_++ < kMaxConversions;
    const auto converted = allowed ? to_utf8(charset_, bytes_) : std::nullopt;
    out_ += display_text(converted ? *converted : text_.substr(start_, end_ - start_));
    charset_ = {};
    bytes_.clear();
  }

  std::string_view text_;
  std::string out_;
  std::string_view charset_;  // of the words not yet converted; empty = none
  std::string bytes_;
  std::size_t start_ = 0;
  std::size_t end_ = 0;  // behind the last encoded-word
  int conversions_ = 0;
};

// Encoding.

constexpr std::size_t kLine = 76;
constexpr std::size_t kMaxWord = 75;
constexpr std::string_view kQ = "=?utf-8?Q?";
constexpr std::string_view kB = "=?utf-8?B?";
constexpr std::size_t kFrame = kQ.size() + kWordEnd.size();
constexpr std::size_t kLongestCharacter = 12;  // four octets as =XX
constexpr std::size_t kLongWord = 200;         // RFC 5322 2.1.1 allows lines of 998 octets
constexpr std::string_view kManyBlanks = "        ";

/// What stands for itself in any place where encoded-words may be (RFC 2047 5, rule 3).
bool is_plain_q(char c) {
  const char upper = ascii::upper(c);
  return ascii::is_digit(c) || (upper >= 'A' && upper <= 'Z') || std::string_view("!*+-/ ").contains(c);
}

std::size_t q_size(std::string_view text) {
  return text.size() +
         (2 * static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_plain_q(c); })));
}

std::size_t b_size(std::string_view text) { return (text.size() + 2) / 3 * 4; }

std::string encode_q(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (is_plain_q(c)) {
      out += c == ' ' ? '_' : c;
    } else {
      const unsigned value = static_cast<unsigned char>(c);
      out.append({'=', kHex[value >> 4U], kHex[value & 15U]});
    }
  }
  return out;
}

std::string encode_b(std::string_view text) {
  std::string out;
  for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(text.size(), 3))) {
    const auto octet = [&](std::size_t i) -> unsigned {
      return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
    };
    const unsigned bits = octet(0) << 16U | octet(1) << 8U | octet(2);
    out += kBase64[bits >> 18U];
    out += kBase64[bits >> 12U & 63U];
    out += text.size() > 1 ? kBase64[bits >> 6U & 63U] : '=';
    out += text.size() > 2 ? kBase64[bits & 63U] : '=';
  }
  return out;
}

/// The longest front of `text`, in whole characters, whose encoding fits into `room` octets.
std::string_view fitting(std::string_view text, std::size_t room, std::size_t (*size)(std::string_view)) {
  std::size_t end = 0;
  std::size_t q = 0;
  const bool by_octet = size == q_size;  // adds up; base64 is cheap to compute anew
  while (end < text.size()) {
    const auto next = text.substr(end, std::max<std::size_t>(utf8_length(text.substr(end)), 1));
    q += q_size(next);
    if ((by_octet ? q : b_size(text.substr(0, end + next.size()))) > room) break;
    end += next.size();
  }
  return text.substr(0, end);
}

std::string encode_words(std::string_view text, std::size_t column) {
  const bool q = q_size(text) <= b_size(text);
  std::string out;
  while (!text.empty()) {
    if (!out.empty() || column + kFrame + kLongestCharacter > kLine) {
      out += "\r\n ";
      column = 1;
    }
    const auto room = std::min(kMaxWord, kLine - column) - kFrame;
    const auto part = fitting(text, room, q ? q_size : b_size);
    out.append(q ? kQ : kB).append(q ? encode_q(part) : encode_b(part)).append(kWordEnd);
    text.remove_prefix(part.size());
  }
  return out;
}

/// Breaks lines in front of blanks; what is unfolded again is the same text.
std::string fold(std::string_view text, std::size_t column) {
  std::string out;
  while (!text.empty()) {
    const auto blanks = std::min(text.find_first_not_of(' '), text.size());
    const auto piece = text.substr(0, std::min(text.find(' ', blanks), text.size()));
    if (blanks > 0 && column + piece.size() > kLine) {
      out += "\r\n";
      column = 0;
    }
    out += piece;
    column += piece.size();
    text.remove_prefix(piece.size());
  }
  return out;
}

bool plain(std::string_view clean) {
  if (clean.starts_with(' ') || clean.ends_with(' ') || clean.contains(kWordStart) || clean.contains(kManyBlanks))
    return false;
  std::size_t run = 0;
  return std::ranges::all_of(clean, [&](char c) {
    run = c == ' ' ? 0 : run + 1;
    return run <= kLongWord && static_cast<unsigned char>(c) < 0x80;
  });
}

}  // namespace

std::string decode(std::string_view value) {
  const auto text = unfold(value.substr(0, kMaxValue));
  return Decoder(text).run();
}

std::string display_value(std::string_view head, std::string_view name, std::size_t max) {
  const auto field = find_field(head, name);
  if (!field) return {};
  const auto text = decode(field->value);
  return std::string(ascii::trim(utf8_prefix(ascii::trim(text), max)));
}

bool needs_encoding(std::string_view text) { return !plain(display_text(text)); }

std::string encode(std::string_view text, std::size_t column) {
  const auto clean = display_text(text);
  return plain(clean) ? fold(clean, column) : encode_words(clean, column);
}

}  // namespace p3scan::mime
