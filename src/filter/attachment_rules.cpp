// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/attachment_rules.h"

#include <algorithm>

#include "attach/look_alikes.h"
#include "attach/magic.h"
#include "attach/zip_names.h"
#include "base/ascii.h"
#include "mime/part_text.h"
#include "mime/transfer.h"

namespace p3scan {
namespace {

constexpr std::size_t kShownName = 200;
constexpr std::size_t kPiece = 64UL * 1024;
constexpr int kMaxDepth = 3;  // messages in encoded messages

std::string first_name(const mime::Part& part) { return part.names.empty() ? std::string() : part.names.front(); }

BannedPart banned(BannedPart::Rule rule, std::string name, std::string_view detail) {
  return {.rule = rule, .name = std::move(name), .detail = shown_name(detail)};
}

/// A name or type under which programs open zip archives, whatever they begin with.
bool is_called_zip(const mime::Part& part) {
  static constexpr std::string_view endings[] = {".zip", ".zipx", ".jar", ".war", ".xpi", ".apk", ".epub"};
  const auto ends_so = [](std::string_view name) {
    return std::ranges::any_of(endings, [&](std::string_view ending) {
      return name.size() >= ending.size() && ascii::equal_nocase(name.substr(name.size() - ending.size()), ending);
    });
  };
  return std::ranges::any_of(part.names, ends_so) ||
         std::ranges::any_of(part.types, [](std::string_view type) { return type.contains("zip"); });
}

/// The decoded content of a part, in pieces.
class BodyReader {
 public:
  BodyReader(std::string_view message, const mime::Part& part)
      : decoder_(part.encoding), body_(part.body_of(message)) {}

  /// At least so many octets, fewer only at the end.
  std::string next(std::size_t least) {
    std::string piece;
    while (piece.size() < least && !body_.empty()) {
      const auto raw = body_.substr(0, kPiece);
      body_.remove_prefix(raw.size());
      decoder_.feed(raw, piece);
      if (body_.empty()) decoder_.finish(piece);
    }
    return piece;
  }

 private:
  mime::Decoder decoder_;
  std::string_view body_;
};

}  // namespace

std::string_view rule_name(BannedPart::Rule rule) {
  switch (rule) {
    case BannedPart::Rule::name: return "badattach";
    case BannedPart::Rule::type: return "badtype";
    case BannedPart::Rule::content: return "badmagic";
    case BannedPart::Rule::archive: return "attachzip";
  }
  return {};
}

std::string shown_name(std::string_view name) {
  std::string out;
  name.remove_prefix(name.size() - std::min(name.size(), 4 * kShownName));
  while (!name.empty()) {
    const auto before = name;
    const auto code = attach::take_character(name);
    const auto octets = before.substr(0, before.size() - name.size());
    const bool is_ascii = code < 0x80;
    const bool shows =
        is_ascii ? !ascii::is_control(static_cast<char>(code)) : octets.size() > 1 && !attach::is_invisible(code);
    out += shows ? octets : "?";
  }
  std::size_t cut = out.size() - std::min(out.size(), kShownName);
  while (cut < out.size() && (static_cast<unsigned char>(out[cut]) & 0xC0U) == 0x80) ++cut;
  return out.substr(cut);
}

AttachmentRules::AttachmentRules(const AttachmentBans& bans)
    : names_(bans.extensions), types_(bans.types), content_(bans.content), archives_(bans.archives) {}

std::optional<BannedPart> AttachmentRules::examine_header(const mime::Part& part) const {
  for (const auto& name : part.names) {
    if (const auto extension = names_.match(name)) return banned(BannedPart::Rule::name, name, *extension);
  }
  for (const auto& type : part.types) {
    if (types_.match(type)) return banned(BannedPart::Rule::type, first_name(part), type);
  }
  return std::nullopt;
}

std::optional<BannedPart> AttachmentRules::examine(std::string_view message, const mime::Part& part) const {
  return examine(message, part, 0);
}

std::optional<BannedPart> AttachmentRules::examine(std::string_view message, const mime::Part& part, int depth) const {
  if (auto found = examine_header(part)) return found;
  if (!part.is_leaf) return std::nullopt;
  for (const auto encoding : part.encodings) {
    auto reading = part;
    reading.encoding = encoding;
    if (auto found = examine_content(message, reading)) return found;
    if (auto found = examine_encoded_message(message, reading, depth)) return found;
  }
  return std::nullopt;
}

/// Decodes the content once: its beginning for the kind of program, all of it for the names if it is an archive.
std::optional<BannedPart> AttachmentRules::examine_content(std::string_view message, const mime::Part& part) const {
  if (!content_ && !archives_) return std::nullopt;
  BodyReader reader(message, part);
  const auto start = reader.next(attach::kMagicOctets);
  const bool is_file = !part.names.empty() || part.is_attachment || !part.has_type("text/");
  const auto kind = attach::program_kind(start, is_file ? attach::Content::attachment : attach::Content::text);
  if (content_ && !kind.empty()) return banned(BannedPart::Rule::content, first_name(part), kind);
  if (!archives_ || (!attach::begins_like_zip(start) && !is_called_zip(part))) return std::nullopt;

  std::optional<BannedPart> found;
  attach::ZipNames zip([&](std::string_view name) {
    if (names_.match(name)) found = banned(BannedPart::Rule::archive, first_name(part), name);
    return !found;
  });
  for (auto piece = start; !piece.empty() && !found; piece = reader.next(1)) zip.feed(piece);
  zip.finish();
  if (!found && zip.over_limit()) return banned(BannedPart::Rule::archive, first_name(part), "too many files");
  return found;
}

/// RFC 2046 5.2.1 forbids it, mail programs open it all the same.
std::optional<BannedPart> AttachmentRules::examine_encoded_message(std::string_view message, const mime::Part& part,
                                                                   int depth) const {
  const bool encoded = part.encoding == mime::Encoding::base64 || part.encoding == mime::Encoding::quoted_printable;
  if (!encoded || !part.has_type("message/") || depth >= kMaxDepth) return std::nullopt;
  const auto inside = mime::decode_body(part.encoding, part.body_of(message));
  const auto structure = mime::read_structure(inside);
  if (structure.over_limit) return banned(BannedPart::Rule::archive, first_name(part), structure.why);
  for (const auto& inner : structure.parts) {
    if (auto found = examine(inside, inner, depth + 1)) return found;
  }
  return std::nullopt;
}

std::optional<BannedPart> AttachmentRules::examine(const attach::Embedded& file) const {
  if (const auto extension = names_.match(file.name)) return banned(BannedPart::Rule::name, file.name, *extension);
  const auto kind = content_ ? attach::program_kind(file.start, attach::Content::attachment) : std::string_view();
  if (!kind.empty()) return banned(BannedPart::Rule::content, file.name, kind);
  return std::nullopt;
}

/// Feeds the text of a part to the finder of files.
class AttachmentRules::ContentReader final : public mime::TextReader, public attach::EmbeddedHandler {
 public:
  explicit ContentReader(const AttachmentRules& rules) : rules_(rules) {}
  void feed(std::string_view text) override {
    if (!found_) files_.feed(text);
  }
  void finish() override { files_.finish(); }
  void on_file(const attach::Embedded& file) override {
    if (!found_) found_ = rules_.examine(file);
  }
  void on_line(std::uint64_t /*offset*/, std::string_view /*text*/) override {}
  void on_end(std::uint64_t /*offset*/) override {}
  std::optional<BannedPart> found() const { return found_; }

 private:
  const AttachmentRules& rules_;
  attach::EmbeddedFiles files_{*this};
  std::optional<BannedPart> found_;
};

std::optional<BannedPart> AttachmentRules::examine_text(std::string_view message, const mime::Part& part) const {
  ContentReader reader(*this);
  mime::read_text(message, part, reader);
  return reader.found();
}

}  // namespace p3scan
