// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/mime_tree.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/ascii.h"
#include "imap/content_fields.h"
#include "imap/header_lines.h"

namespace p3scan::imap {
namespace {

constexpr std::size_t kLongestBoundary = 80;  // RFC 2046 allows 70

struct Boundary {
  std::string text;
  std::size_t part = 0;
};

struct Delimiter {
  std::size_t boundary = 0;  // index of the boundary
  bool ends = false;
};

class Reader {
 public:
  Reader(std::string_view message, const TreeLimits& limits) : message_(message), limits_(limits) {}

  std::vector<TreePart> read() {
    open_part(TreePart::kNone, 0);
    while (in_header_ ? read_header() : read_body_line()) continue;
    for (auto part = current_; part != TreePart::kNone; part = parts_[part].parent) close_part(part, message_.size());
    return std::move(parts_);
  }

 private:
  std::string_view line() const {
    const auto rest = message_.substr(at_);
    return rest.substr(0, line_length(rest));
  }

  void take_line(std::string_view line) {
    at_ += line.size();
    lines_ += line.ends_with('\n') ? 1 : 0;
    last_end_ = line_end_length(line);
    gap_ = 0;
  }

  void open_part(std::size_t parent, std::uint64_t begin) {
    TreePart part{.parent = parent, .begin = begin, .body = begin};
    current_ = parts_.size();
    if (parent != TreePart::kNone) {
      auto& above = parts_[parent];
      part.is_mime = above.kind == TreePart::Kind::multipart;
      (above.last_child == TreePart::kNone ? above.first_child : parts_[above.last_child].next) = current_;
      above.last_child = current_;
    }
    parts_.push_back(part);
    ++depth_;
    in_header_ = true;
    type_.reset();
    last_end_ = 0;
  }

  void close_part(std::size_t index, std::uint64_t end) {
    auto& part = parts_[index];
    part.end = end;
    part.lines = lines_ - (end < at_ ? 1 : 0) - part.lines;  // so far it held the number in front of the body
    --depth_;
  }

  // The delimiter that this line is: of the innermost boundary that it says and no more, or else of the longest one that
  // it begins with.
  std::optional<Delimiter> delimiter(std::string_view line) const {
    if (!line.starts_with("--")) return std::nullopt;
    const auto all = line.substr(2);
    const auto text = all.substr(0, all.size() - line_end_length(line));
    std::optional<Delimiter> best;
    for (std::size_t i = boundaries_.size(); i-- > 0;) {
      const auto& one = boundaries_[i].text;
      if (!text.starts_with(one) || (best && boundaries_[best->boundary].text.size() >= one.size())) continue;
      best = Delimiter{.boundary = i, .ends = all.substr(one.size()).starts_with("--")};
      const auto behind = text.substr(one.size());
      if (behind.empty() || behind == "--") break;
    }
    return best;
  }

  bool read_header() {
    const auto text = line();
    if (text.empty() || delimiter(text)) {
      end_header(false);
    } else if (text.size() == line_end_length(text)) {
      take_line(text);
      end_header(true);
    } else {
      read_field();
    }
    return true;
  }

  void read_field() {
    const auto field = HeaderLines(message_.substr(at_)).next();
    for (auto left = field->octets; !left.empty();) {
      const auto one = left.substr(0, line_length(left));
      take_line(one);
      left.remove_prefix(one.size());
    }
    if (ascii::equal_nocase(field->name, "MIME-Version")) parts_[current_].is_mime = true;
    if (!ascii::equal_nocase(field->name, "Content-Type")) return;
    parts_[current_].is_mime = true;
    if (!type_) type_ = read_content_type(folded_value(field->value));
  }

  void set_kind() {
    auto& part = parts_[current_];
    if (type_ && part.is_mime) {
      part.kind = kind_of(*type_);
      part.is_digest = part.kind == TreePart::Kind::multipart && ascii::equal_nocase(type_->subtype, "digest");
      return;
    }
    const bool in_digest = part.parent != TreePart::kNone && parts_[part.parent].is_digest;
    part.kind = in_digest ? TreePart::Kind::message : TreePart::Kind::text;
  }

  static TreePart::Kind kind_of(const ContentType& type) {
    if (ascii::equal_nocase(type.type, "text")) return TreePart::Kind::text;
    if (ascii::equal_nocase(type.type, "multipart") && type.has_slash) return TreePart::Kind::multipart;
    const bool is_message = ascii::equal_nocase(type.type, "message") && ascii::equal_nocase(type.subtype, "rfc822");
    return is_message ? TreePart::Kind::message : TreePart::Kind::other;
  }

  bool may_divide() const { return depth_ < limits_.depth && parts_.size() < limits_.parts; }

  void end_header(bool with_empty_line) {
    set_kind();
    in_header_ = false;
    body_start_ = at_;
    if (!may_divide()) {
      if (parts_[current_].kind != TreePart::Kind::text) parts_[current_].kind = TreePart::Kind::other;
    } else if (parts_[current_].kind == TreePart::Kind::multipart && with_empty_line) {
      if (const auto* text = type_->find("boundary")) {
        boundaries_.push_back({text->substr(0, kLongestBoundary), current_});
      }
    }
    // The delimiter of a part around this one takes the line end in front of it, even that of the empty line.
    const auto found = delimiter(line());
    if (found && last_end_ > 0 && boundaries_[found->boundary].part != current_) {
      gap_ = last_end_;
      cut_part_ = current_;
    }
    auto& part = parts_[current_];
    part.body = at_ - gap_;
    part.lines = lines_ - (gap_ > 0 ? 1 : 0);
    if (part.kind == TreePart::Kind::message) open_part(current_, part.body);
  }

  bool read_body_line() {
    const auto text = line();
    if (text.empty()) return false;
    const auto found = delimiter(text);
    if (!found) {
      take_line(text);
      return true;
    }
    const auto owner = boundaries_[found->boundary].part;
    for (; current_ != owner; current_ = parts_[current_].parent) {
      const auto gap = current_ >= cut_part_ ? gap_ : 0;
      close_part(current_, at_ - (at_ > body_start_ ? last_end_ : gap));
    }
    boundaries_.resize(found->boundary + (found->ends ? 0 : 1));
    take_line(text);
    body_start_ = at_;
    if (!found->ends && text.ends_with('\n') && parts_.size() < limits_.parts) open_part(current_, at_);
    return true;
  }

  std::string_view message_;
  TreeLimits limits_;
  std::vector<TreePart> parts_;
  std::vector<Boundary> boundaries_;  // of the multiparts around this place, innermost last
  std::size_t current_ = 0;
  std::size_t depth_ = 0;
  std::uint64_t at_ = 0;
  std::uint64_t lines_ = 0;       // line ends in front of it
  std::uint64_t body_start_ = 0;  // of this stretch of body
  std::size_t last_end_ = 0;      // octets of the line end in front of it
  std::size_t cut_part_ = 0;      // the part whose header a delimiter follows at once
  std::size_t gap_ = 0;           // of them that belong to the delimiter which follows a header at once
  bool in_header_ = true;
  std::optional<ContentType> type_;
};

}  // namespace

std::vector<TreePart> read_mime_tree(std::string_view message, const TreeLimits& limits) {
  return Reader(message, limits).read();
}

}  // namespace p3scan::imap
