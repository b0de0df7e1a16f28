// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "mime/edit.h"
#include "mime/structure.h"

namespace p3scan::mime {

// The text of a leaf part, whatever it is written in. What readers and rewriters get are octets in which ASCII
// characters mean themselves: the transfer encoding is taken off; charsets in which they do not (UTF-16, UTF-7,
// ISO-2022-*) are converted to UTF-8, all others stay as they are. UTF-16 is recognised by its mark or by its NUL
// octets, because a label is easily forged.

/// Takes decoded text in pieces.
class TextReader {
 public:
  TextReader() = default;
  TextReader(const TextReader&) = delete;
  TextReader& operator=(const TextReader&) = delete;
  TextReader(TextReader&&) = delete;
  TextReader& operator=(TextReader&&) = delete;
  virtual ~TextReader() = default;

  virtual void feed(std::string_view text) = 0;  // valid during the call; at most 64 KiB
  virtual void finish() {}
};

/// Takes decoded text in pieces and edits it while it passes.
class TextRewriter {
 public:
  TextRewriter() = default;
  TextRewriter(const TextRewriter&) = delete;
  TextRewriter& operator=(const TextRewriter&) = delete;
  TextRewriter(TextRewriter&&) = delete;
  TextRewriter& operator=(TextRewriter&&) = delete;
  virtual ~TextRewriter() = default;

  /// `text` is valid during the call, at most 64 KiB, never empty. Edits count offsets from the beginning of the
  /// decoded text, come in ascending order, and may lie in earlier pieces down to settled(). Their text is in the
  /// part's charset; ASCII fits everywhere.
  virtual void feed(std::string_view text, Edits& edits) = 0;
  virtual void finish(Edits& edits) = 0;
  /// No edit to come begins in front of this offset. Asked after each piece; the text from there on is held in memory,
  /// so it should stay close to the end of what was fed.
  virtual std::uint64_t settled() const = 0;
};

/// Decodes the body of a leaf part. To read it in another one of part.encodings, change `encoding` of a copy.
void read_text(std::string_view message, const Part& part, TextReader& reader);

/// What the text that is edited in needs.
struct TextTarget {
  std::string_view charset = {};  // the header shall say so: the old text has the same octets in it; empty: as it is
  bool eight_bit = false;         // may hold octets above 0x7f
};

/// Decodes it, lets `rewriter` edit it and writes what comes of it as edits of the message: in place where the body is
/// not encoded, else all of the body encoded anew in the same transfer encoding. Text that had to be converted becomes
/// UTF-8 in quoted-printable (or base64, if it was), and the header of the part says so; text that gets octets above
/// 0x7f where they are not announced becomes quoted-printable. No edit of the rewriter: none of the message. Returns
/// whether there was one. The part's edits are the only ones between part.begin and part.end. Memory: a few pieces and
/// what the rewriter has not settled. Time: linear; an encoded part that is changed is decoded twice.
bool rewrite_text(std::string_view message, const Part& part, TextRewriter& rewriter, Edits& edits,
                  const TextTarget& target = {});

/// The line ending of a part's text: the first one in its body; if that has none, in its header.
std::string_view text_line_ending(std::string_view message, const Part& part);

/// The charset of what readers get: the part's own, or "utf-8" if its text is converted.
std::string text_charset(std::string_view message, const Part& part);

}  // namespace p3scan::mime
