// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/attachment_editor.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "attach/embedded.h"
#include "attach/name_rule.h"
#include "filter/attachment_notice.h"
#include "filter/part_edit.h"
#include "mime/added_header.h"
#include "mime/language.h"
#include "mime/part_text.h"
#include "mime/words.h"
#include "spool/quarantine.h"

namespace p3scan {
namespace {

constexpr std::size_t kMaxNotes = 10;  // in one log line
constexpr std::size_t kPiece = 64UL * 1024;

void append(Message& message, std::string_view octets) {
  const std::array<std::string_view, 1> pieces = {octets};
  if (!octets.empty() && !message.append(pieces)) throw std::runtime_error("an attachment can't be kept");
}

std::string ascii_only(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) > 0x7e; }, '_');
  return out;
}

std::string with_line_ending(std::string_view text, std::string_view ending) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += ending;
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

/// Edits the dangerous files in a text: the name, or all lines, behind which a text follows.
class AttachmentEditor::TextEditor final : public mime::TextRewriter, public attach::EmbeddedHandler {
 public:
  TextEditor(AttachmentEditor& owner, const mime::Words& words, bool is_utf8)
      : owner_(owner), words_(words), is_utf8_(is_utf8) {}

  void feed(std::string_view text, mime::Edits& edits) override {
    edits_ = &edits;
    files_.feed(text);
  }
  void finish(mime::Edits& edits) override {
    edits_ = &edits;
    files_.finish();
  }
  std::uint64_t settled() const override { return files_.settled(); }

  void on_file(const attach::Embedded& file) override {
    banned_ = owner_.plan_.rules.examine(file);
    if (!banned_) return;
    if (owner_.settings_.action == Action::rename) {
      const auto name = attach::harmless_name(file.name);
      edits_->replace(file.name_offset, file.name.size(), is_utf8_ ? name : ascii_only(name));
      owner_.note("attachment renamed: ", *banned_);
      banned_.reset();
      return;
    }
    edits_->replace(file.offset, file.length, {});
    if (owner_.settings_.action == Action::quarantine) {
      kept_ = std::make_unique<Message>(owner_.job_.executor, owner_.plan_.spool);
      append(*kept_, "begin 644 " + file.name + "\n");
    }
  }

  void on_line(std::uint64_t offset, std::string_view text) override {
    if (!banned_) return;
    edits_->replace(offset, text.size(), {});
    if (kept_) append(*kept_, text);
  }

  void on_end(std::uint64_t offset) override {
    if (!banned_) return;
    const auto kept_as = kept_ ? owner_.quarantine_octets(*kept_) : std::string();
    auto text = removal_notice(words_, *banned_, kept_as);
    if (!is_utf8_) text = ascii_only(text);
    edits_->replace(offset, 0, with_line_ending(text, owner_.structure_.line_ending));
    owner_.note("attachment removed: ", *banned_);
    banned_.reset();
    kept_.reset();
  }

 private:
  AttachmentEditor& owner_;
  const mime::Words& words_;
  bool is_utf8_;
  attach::EmbeddedFiles files_{*this};
  mime::Edits* edits_ = nullptr;      // of the call that goes on
  std::optional<BannedPart> banned_;  // the file that is being removed
  std::unique_ptr<Message> kept_;
};

Filtered AttachmentEditor::run() {
  structure_ = mime::read_structure(job_.message);
  if (structure_.over_limit) {
    filtered_.verdict = scan::Unscannable{fmt::format("attachments: {}", structure_.why)};
    return std::move(filtered_);
  }
  find();
  if (!filtered_.verdict) edit_all();
  if (notes_ > kMaxNotes) filtered_.note += fmt::format("; and {} more", notes_ - kMaxNotes);
  return std::move(filtered_);
}

void AttachmentEditor::find() {
  for (std::size_t i = 0; i < structure_.parts.size() && !filtered_.verdict && !job_.stop; ++i) {
    const auto& part = structure_.parts[i];
    if (auto banned = plan_.rules.examine(job_.message, part)) {
      add(i, std::move(*banned), false);
    } else if (part.is_leaf && part.has_type("text/")) {
      if (auto in_text = plan_.rules.examine_text(job_.message, part)) add(i, std::move(*in_text), true);
    }
  }
}

void AttachmentEditor::add(std::size_t index, BannedPart banned, bool in_text) {
  if (!plan_.spares(structure_.parts[index])) {
    targets_.push_back({.index = index, .banned = std::move(banned), .in_text = in_text});
    return;
  }
  if (settings_.on_signed == OnSigned::notify) {
    const auto shown = shown_name(banned.name.empty() ? banned.detail : banned.name);
    filtered_.verdict = scan::Infected{.name = "banned attachment: " + shown, .engine = "attachments"};
    return;
  }
  if (filtered_.added.empty())
    filtered_.added = mime::marked_header("banned attachment in a signed mail: " + shown_name(banned.name), "\r\n");
  note("attachment of a signed mail passed: ", banned);
}

void AttachmentEditor::edit_all() {
  std::uint64_t done = 0;  // what is behind it is still as it was
  for (const auto& target : targets_) {
    const auto& part = structure_.parts[target.index];
    if (part.begin < done) continue;  // inside a part that is gone
    if (job_.stop) return;
    edit(target);
    const bool only_header = settings_.action == Action::rename && !target.in_text;
    done = only_header ? part.body : part.end;
  }
}

void AttachmentEditor::edit(const Target& target) {
  const auto& part = structure_.parts[target.index];
  if (target.in_text) {
    edit_text(part);
    return;
  }
  if (settings_.action == Action::rename) {
    const auto name = attach::harmless_name(target.banned.name);
    const bool is_container = !part.is_leaf && !part.boundaries.empty();
    const bool as_octets = target.banned.rule == BannedPart::Rule::type ||
                           target.banned.rule == BannedPart::Rule::content || (part.types.size() > 1 && !is_container);
    rename_part(job_.message, part, {.name = name, .as_octets = as_octets}, structure_.line_ending, job_.edits);
    note("attachment renamed: ", target.banned);
    return;
  }
  const auto& words =
      mime::words(mime::reader_language(settings_.language, structure_.parts.front().header_of(job_.message)));
  const auto kept = kept_as(part);
  replace_part(job_.message, part, removal_notice(words, target.banned, kept), structure_.line_ending, job_.edits);
  note("attachment removed: ", target.banned);
}

void AttachmentEditor::edit_text(const mime::Part& part) {
  const bool is_utf8 = mime::text_charset(job_.message, part) == "utf-8";
  const auto head = structure_.parts.front().header_of(job_.message);
  const auto& words = mime::words(is_utf8 ? mime::reader_language(settings_.language, head) : "en");
  TextEditor editor(*this, words, is_utf8);
  mime::rewrite_text(job_.message, part, editor, job_.edits, {.charset = {}, .eight_bit = is_utf8});
}

/// Keeps the decoded content of a part if it is to be kept.
std::string AttachmentEditor::kept_as(const mime::Part& part) {
  if (settings_.action != Action::quarantine) return {};
  Message octets(job_.executor, plan_.spool);
  mime::Decoder decoder(part.is_leaf ? part.encoding : mime::Encoding::identity);
  auto body = part.body_of(job_.message);
  std::string piece;
  while (!body.empty()) {
    piece.clear();
    decoder.feed(body.substr(0, kPiece), piece);
    body.remove_prefix(std::min(body.size(), kPiece));
    append(octets, piece);
  }
  piece.clear();
  decoder.finish(piece);
  append(octets, piece);
  return quarantine_octets(octets);
}

std::string AttachmentEditor::quarantine_octets(Message& octets) {
  octets.complete();
  const auto path = quarantine(octets, settings_.virusdir);
  if (!path) throw std::runtime_error(fmt::format("an attachment can't be kept in {}", settings_.virusdir));
  return path->substr(path->rfind('/') + 1);
}

void AttachmentEditor::note(std::string_view what, const BannedPart& banned) {
  if (++notes_ > kMaxNotes) return;
  if (!filtered_.note.empty()) filtered_.note += "; ";
  filtered_.note.append(what).append(log_text(banned));
}

bool is_harmless(const AttachmentPlan& plan, std::string_view message) {
  const auto structure = mime::read_structure(message);
  return !structure.over_limit && std::ranges::none_of(structure.parts, [&](const mime::Part& part) {
    return !plan.spares(part) && plan.rules.examine_header(part);
  });
}

}  // namespace p3scan
