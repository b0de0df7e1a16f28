// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/part_text.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mime/part_label.h"
#include "mime/text_converter.h"
#include "mime/transfer.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kRawPiece = std::size_t{16} * 1024;  // grows at most threefold when it is converted
constexpr std::size_t kStart = 64;                         // octets that tell UTF-16
constexpr std::size_t kStartWritten = 1024;                // as they are written
constexpr std::size_t kOutput = std::size_t{64} * 1024;

WideCharset wide_charset_of(std::string_view message, const Part& part) {
  const auto start = decode_body(part.encoding, part.body_of(message).substr(0, kStartWritten));
  return wide_charset(part.charset, std::string_view(start).substr(0, kStart));
}

/// Gives out the text of a part piece by piece.
class Source {
 public:
  Source(std::string_view raw, Encoding encoding, WideCharset wide)
      : raw_(raw), decoder_(encoding), converter_(wide), plain_(wide == WideCharset::none) {}

  /// The next piece, valid until the next call; empty at the end.
  std::string_view next() {
    piece_.clear();
    while (piece_.empty() && !finished_) step();
    return piece_;
  }

 private:
  void step() {
    auto& decoded = plain_ ? piece_ : decoded_;
    decoded_.clear();
    const auto part = raw_.substr(0, kRawPiece);
    raw_.remove_prefix(part.size());
    decoder_.feed(part, decoded);
    finished_ = raw_.empty();
    if (finished_) decoder_.finish(decoded);
    if (plain_) return;
    converter_.feed(decoded_, piece_);
    if (finished_) converter_.finish(piece_);
  }

  std::string_view raw_;
  Decoder decoder_;
  TextConverter converter_;
  bool plain_;
  bool finished_ = false;
  std::string decoded_;
  std::string piece_;
};

/// How a body is written again.
struct Rewriting {
  std::string_view message;
  const Part& part;
  WideCharset wide;
  PartLabel label;  // changes of the header
  Encoding encoding;
  std::string_view line_ending;
};

/// Edits of a body that is text as it stands.
class InPlace final : public Edits {
 public:
  InPlace(const Rewriting& how, Edits& edits) : how_(how), edits_(edits) {}

  void replace(std::uint64_t offset, std::uint64_t length, std::string_view text) override {
    if (length == 0 && text.empty()) return;
    if (!edited_) relabel(how_.message, how_.part, how_.label, how_.line_ending, edits_);
    edited_ = true;
    edits_.replace(how_.part.body + offset, length, text);
  }

  bool edited() const { return edited_; }

 private:
  const Rewriting& how_;
  Edits& edits_;
  bool edited_ = false;
};

/// Edits of a decoded text: from the first one on, all of the body is written again.
class Recoder final : public Edits {
 public:
  Recoder(const Rewriting& how, Edits& edits) : how_(how), edits_(edits), encoder_(how.encoding, how.line_ending) {}

  void hold(std::string_view text) { held_ += text; }

  /// No edit to come begins in front of `offset`.
  void settle(std::uint64_t offset) {
    copy_until(std::clamp<std::uint64_t>(offset, at_, at_ + held_.size() - gone_));
    if (gone_ < held_.size() / 2) return;
    held_.erase(0, gone_);
    gone_ = 0;
  }

  void replace(std::uint64_t offset, std::uint64_t length, std::string_view text) override {
    if (length == 0 && text.empty()) return;
    if (!begun_) begin();
    copy_until(offset);
    put(text);
    skip(length);
  }

  void finish() {
    copy_until(at_ + held_.size() - gone_);
    if (!begun_) return;
    encoder_.finish(encoded_);
    if (how_.encoding == Encoding::base64 && how_.part.body_of(how_.message).ends_with('\n'))
      encoded_ += how_.line_ending;
    flush();
  }

  bool edited() const { return begun_; }

 private:
  void begin();
  void put(std::string_view text);
  void flush();

  void skip(std::uint64_t length) {
    assert(length <= held_.size() - gone_);
    gone_ += length;
    at_ += length;
  }

  void copy_until(std::uint64_t offset) {
    assert(offset >= at_);
    const auto length = offset - at_;
    if (begun_) put(std::string_view(held_).substr(gone_, length));
    skip(length);
  }

  const Rewriting& how_;
  Edits& edits_;
  Encoder encoder_;
  bool begun_ = false;
  std::string held_;
  std::size_t gone_ = 0;  // octets of held_ that are done with
  std::uint64_t at_ = 0;  // where in the text held_ goes on behind those
  std::string encoded_;
};

void Recoder::flush() {
  edits_.replace(how_.part.end, 0, encoded_);
  encoded_.clear();
}

void Recoder::put(std::string_view text) {
  for (; !text.empty(); text.remove_prefix(std::min(text.size(), kRawPiece))) {
    encoder_.feed(text.substr(0, kRawPiece), encoded_);
    if (encoded_.size() >= kOutput) flush();
  }
}

/// Writes what is long past and was let go.
void Recoder::begin() {
  begun_ = true;
  const auto& part = how_.part;
  relabel(how_.message, part, how_.label, how_.line_ending, edits_);
  edits_.replace(part.body, part.end - part.body, {});
  Source source(part.body_of(how_.message), part.encoding, how_.wide);
  for (auto left = at_; left > 0;) {
    const auto piece = source.next().substr(0, left);
    put(piece);
    left -= piece.size();
  }
}

}  // namespace

std::string_view text_line_ending(std::string_view message, const Part& part) {
  for (const auto text : {part.body_of(message), part.header_of(message)}) {
    const auto lf = text.find('\n');
    if (lf != std::string_view::npos) return text.substr(0, lf).ends_with('\r') ? "\r\n" : "\n";
  }
  return "\r\n";
}

namespace {

bool rewrite_in_place(const Rewriting& how, TextRewriter& rewriter, Edits& edits) {
  InPlace in_place(how, edits);
  auto raw = how.part.body_of(how.message);
  for (; !raw.empty(); raw.remove_prefix(std::min(raw.size(), kOutput)))
    rewriter.feed(raw.substr(0, kOutput), in_place);
  rewriter.finish(in_place);
  return in_place.edited();
}

bool rewrite_encoded(const Rewriting& how, TextRewriter& rewriter, Edits& edits) {
  Recoder recoder(how, edits);
  Source source(how.part.body_of(how.message), how.part.encoding, how.wide);
  for (auto piece = source.next(); !piece.empty(); piece = source.next()) {
    recoder.hold(piece);
    rewriter.feed(piece, recoder);
    recoder.settle(rewriter.settled());
  }
  rewriter.finish(recoder);
  recoder.finish();
  return recoder.edited();
}

bool is_encoded(Encoding encoding) { return encoding == Encoding::base64 || encoding == Encoding::quoted_printable; }

}  // namespace

void read_text(std::string_view message, const Part& part, TextReader& reader) {
  Source source(part.body_of(message), part.encoding, wide_charset_of(message, part));
  for (auto piece = source.next(); !piece.empty(); piece = source.next()) reader.feed(piece);
  reader.finish();
}

bool rewrite_text(std::string_view message, const Part& part, TextRewriter& rewriter, Edits& edits,
                  const TextTarget& target) {
  Rewriting how{.message = message,
                .part = part,
                .wide = wide_charset_of(message, part),
                .label = {.charset = target.charset, .encoding = {}},
                .encoding = part.encoding,
                .line_ending = text_line_ending(message, part)};
  const bool converted = how.wide != WideCharset::none;
  const bool quote =
      !is_encoded(part.encoding) && (converted || (target.eight_bit && !allows_eight_bit(message, part)));
  if (converted) how.label.charset = "utf-8";
  if (quote) {
    how.label.encoding = "quoted-printable";
    how.encoding = Encoding::quoted_printable;
  }
  const bool edited =
      is_encoded(how.encoding) ? rewrite_encoded(how, rewriter, edits) : rewrite_in_place(how, rewriter, edits);
  // The line ending of a delimiter right behind the header was the empty line's: the new text needs one of its own.
  const bool touches_delimiter = part.body == part.end && message.substr(part.end).starts_with("--");
  if (edited && touches_delimiter) edits.replace(part.end, 0, how.line_ending);
  return edited;
}

std::string text_charset(std::string_view message, const Part& part) {
  return wide_charset_of(message, part) == WideCharset::none ? part.charset : "utf-8";
}

}  // namespace p3scan::mime
