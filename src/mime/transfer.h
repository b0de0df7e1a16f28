// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace p3scan::mime {

/// How the octets of a part are written down (RFC 2045 6).
enum class Encoding : std::uint8_t {
  identity,  // 7bit, 8bit, binary, or nothing said
  base64,
  quoted_printable,
  other,  // a name that means nothing to us (x-uuencode, ...): decoded and encoded like identity
};

/// The value of a Content-Transfer-Encoding field, as lenient as mail programs are: case, quotes, comments and what
/// follows the word don't matter.
Encoding encoding_of(std::string_view value);

/// Decodes a body that comes in pieces of any size, as mail programs do: never fails, constant memory.
///   base64: octets that are no part of it are skipped; padding ends a group of four early and decoding goes on behind
///     it.
///   quoted-printable: a bad escape stays as written, blanks at the end of a line vanish (RFC 2045 6.7 (3)) unless
///     there are
///   more of them than a line may have, an escape character at the very end is a soft line break.
class Decoder {
 public:
  explicit Decoder(Encoding encoding) : encoding_(encoding) {}

  void feed(std::string_view raw, std::string& out);  // appends to `out`
  void finish(std::string& out);                      // the body has ended

 private:
  void feed_base64(std::string_view raw, std::string& out);
  void feed_quoted(std::string_view raw, std::string& out);
  void take_quoted(char c, std::string& out);
  void take_escaped(char c, std::string& out);
  void end_group(std::string& out);

  Encoding encoding_;
  std::uint32_t bits_ = 0;   // base64: of the group that has begun
  unsigned characters_ = 0;  // of it
  std::string held_;         // quoted-printable: an escape, or blanks that may end a line
};

/// Encodes a body that comes in pieces of any size. Decoder gives back the same octets.
///   base64: lines of 76 characters.
///   quoted-printable: lines of at most 76; only `line_ending` itself is a line break, other CR and LF are escaped.
/// `line_ending` is CRLF or LF: the one of the message. No line ending is written behind the last line.
class Encoder {
 public:
  Encoder(Encoding encoding, std::string_view line_ending) : encoding_(encoding), line_ending_(line_ending) {}

  void feed(std::string_view octets, std::string& out);  // appends to `out`
  void finish(std::string& out);                         // call once

 private:
  void feed_base64(std::string_view octets, std::string& out);
  void put_group(std::string_view octets, std::string& out);
  void feed_quoted(char c, std::string& out);
  void release(bool line_ends, std::string& out);
  void put_quoted(char c, bool escaped, std::string& out);

  Encoding encoding_;
  std::string line_ending_;
  std::size_t column_ = 0;
  std::string held_;  // base64: a group that has begun; quoted-printable: a blank or CR that may end a line
};

/// All of a body at once.
std::string decode_body(Encoding encoding, std::string_view raw);
std::string encode_body(Encoding encoding, std::string_view line_ending, std::string_view octets);

}  // namespace p3scan::mime
