// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/structure.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "mime/part_header.h"

namespace p3scan::mime {
namespace {

constexpr std::string_view kMark = "--";

std::string_view without_ending(std::string_view line) {
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// A line that a strict reader takes for the beginning of the body.
bool is_no_field(std::string_view line) {
  if (line.starts_with("From ") || line.starts_with(">From ")) return false;  // of an mbox
  const auto name = ascii::trim(line.substr(0, line.find(':')));
  return name.size() == line.size() || name.empty() || name.contains(' ');
}

class Reader {
 public:
  Reader(std::string_view message, const StructureLimits& limits) : message_(message), limits_(limits) {}

  Structure run();

 private:
  struct Open {
    std::size_t part;     // index
    bool closed = false;  // its end boundary was seen
  };
  struct Delimiter {
    std::size_t level;  // index in open_
    bool last;          // the end boundary
  };

  void open_parts(std::uint64_t begin, std::size_t parent);
  bool open_part(std::uint64_t begin, std::size_t parent);
  void read_header(Part& part);
  void read_fields(Part& part);
  void close_above(std::size_t level, std::uint64_t end);
  void stop(std::string_view why);
  std::optional<std::uint64_t> next_mark(std::uint64_t from) const;
  std::optional<Delimiter> delimiter(std::string_view line) const;
  void take_delimiter(std::uint64_t at);
  void settle(Part& part, bool has_parts);
  std::string_view default_type(std::size_t parent) const;

  std::string_view line_at(std::uint64_t at) const {
    const auto lf = message_.find('\n', at);
    return message_.substr(at, lf == std::string_view::npos ? lf : lf + 1 - at);
  }

  std::string_view message_;
  const StructureLimits& limits_;
  Structure out_;
  std::uint64_t at_ = 0;    // a line begins here
  bool stopped_ = false;    // a limit is reached: nothing more is read
  std::vector<Open> open_;  // the part that is being read, behind all those around it
  std::map<std::string, std::vector<std::size_t>, std::less<>> boundaries_;  // levels that have it, innermost last
};

void Reader::stop(std::string_view why) {
  if (!out_.over_limit) out_.why = why;
  out_.over_limit = true;
  stopped_ = true;
}

/// The delimiter that a line is: of the innermost part around that has such a boundary and has not ended. Blanks behind
/// a boundary do not count (RFC 2046 5.1.1), anything else makes it another one.
std::optional<Reader::Delimiter> Reader::delimiter(std::string_view line) const {
  if (!line.starts_with(kMark) || boundaries_.empty()) return std::nullopt;
  line = line.substr(0, line.find_first_of("\r\n"));
  line = ascii::trim(line.substr(kMark.size()));
  const auto find = [&](std::string_view boundary) -> std::optional<std::size_t> {
    const auto known = boundaries_.find(boundary);
    if (known == boundaries_.end()) return std::nullopt;
    const auto& levels = known->second;
    const auto goes_on = [&](std::size_t level) { return !open_[level].closed; };
    const auto outwards = std::views::reverse(levels);
    const auto innermost = std::ranges::find_if(outwards, goes_on);
    return innermost == outwards.end() ? levels.back() : *innermost;
  };
  for (const auto text : {line, line.substr(0, line.find_first_of(" \t"))}) {
    if (const auto level = find(text)) return Delimiter{.level = *level, .last = false};
    if (!text.ends_with(kMark)) continue;
    const auto boundary = text.substr(0, text.size() - kMark.size());
    if (const auto level = find(boundary)) return Delimiter{.level = *level, .last = true};
  }
  return std::nullopt;
}

/// Offset of the next "--" at the beginning of a line. In front of a delimiter a CR alone will do: some programs end
/// lines there, and whoever hides a part from all others must not hide it from us.
std::optional<std::uint64_t> Reader::next_mark(std::uint64_t from) const {
  auto at = message_.find(kMark, from);
  while (at != std::string_view::npos && at != from && message_[at - 1] != '\n' && message_[at - 1] != '\r')
    at = message_.find(kMark, at + 1);
  if (at == std::string_view::npos) return std::nullopt;
  return at;
}

/// Ends all parts inside the one at `level`. `end` is where the delimiter's own line ending begins, unless a part is so
/// empty that this octet is in its header already.
void Reader::close_above(std::size_t level, std::uint64_t end) {
  while (open_.size() > level) {
    auto& part = out_.parts[open_.back().part];
    end = std::max(end, part.body);
    part.end = end;
    open_.pop_back();
    for (const auto& boundary : part.boundaries) {
      const auto known = boundaries_.find(boundary);
      known->second.pop_back();
      if (known->second.empty()) boundaries_.erase(known);
    }
  }
}

std::string_view Reader::default_type(std::size_t parent) const {
  const bool digest = parent != Part::kNoParent && out_.parts[parent].type == "multipart/digest";
  return digest ? "message/rfc822" : "text/plain";
}

/// Finds the end of the header: an empty line, or a delimiter of a part around.
void Reader::read_header(Part& part) {
  auto at = part.begin;
  bool ended = false;
  bool field = false;
  while (at < message_.size() && !ended) {
    const auto line = line_at(at);
    if (delimiter(line)) break;
    const auto text = without_ending(line);
    ended = text.empty();
    const bool folded = !ended && ascii::is_blank(text.front());
    part.is_ambiguous |= !ended && (folded ? !field : is_no_field(text));
    field = true;
    at += line.size();
    part.body = at;
    if (at - part.begin > limits_.header) return stop("a header that is too long");
  }
  part.body = at;
  part.is_ambiguous |= !ended;
}

void Reader::read_fields(Part& part) {
  HeaderReading reading{
      .default_type = default_type(part.parent), .parameters = limits_.parameters, .names = limits_.names};
  read_part_header(message_.substr(part.begin, std::min<std::uint64_t>(part.body - part.begin, limits_.header)),
                   reading, part);
  if (!reading.over_limit.empty()) stop(reading.over_limit);
}

/// Opens the part that begins at `begin`. Returns whether it is a message that has to be read at once, at its body.
bool Reader::open_part(std::uint64_t begin, std::size_t parent) {
  const auto depth = parent == Part::kNoParent ? 0 : out_.parts[parent].depth + 1;
  if (depth > limits_.depth) stop("parts nested too deep");
  if (out_.parts.size() >= std::max<std::size_t>(limits_.parts, 1)) stop("too many parts");
  if (stopped_) return false;
  auto& part = out_.parts.emplace_back();
  part.parent = parent;
  part.depth = depth;
  part.begin = begin;
  part.body = begin;
  read_header(part);
  read_fields(part);
  for (const auto& boundary : part.boundaries) boundaries_[boundary].push_back(open_.size());
  open_.push_back({.part = out_.parts.size() - 1});
  at_ = part.body;
  return !stopped_ && !part.is_leaf && part.boundaries.empty();
}

void Reader::open_parts(std::uint64_t begin, std::size_t parent) {
  while (open_part(begin, parent)) {
    begin = at_;
    parent = out_.parts.size() - 1;
  }
}

void Reader::take_delimiter(std::uint64_t at) {
  const auto end_of_line = std::min(message_.find_first_of("\r\n", at), message_.size());
  const auto rest = message_.substr(end_of_line);
  at_ = end_of_line + (rest.starts_with("\r\n") ? 2 : std::min<std::size_t>(rest.size(), 1));
  const auto found = delimiter(message_.substr(at, end_of_line - at));
  if (!found) return;
  auto end = at;
  if (message_.substr(0, end).ends_with('\n')) --end;
  if (message_.substr(0, end).ends_with('\r')) --end;
  close_above(found->level + 1, end);
  open_[found->level].closed = found->last;
  if (!found->last) open_parts(at_, open_[found->level].part);
}

/// A container without parts is content. One with parts that another reading of its header takes for content shows
/// every program another message.
void Reader::settle(Part& part, bool has_parts) {
  if (part.parent != Part::kNoParent) part.seal = out_.parts[part.parent].seal;
  part.is_leaf = !has_parts;
  if (has_parts && may_be_content(part)) stop("a part that is content and holds parts");
  settle_seal(message_, part);
  if (out_.seal == Seal::none) out_.seal = part.seal;
}

Structure Reader::run() {
  const auto lf = message_.find('\n');
  if (lf != std::string_view::npos && !message_.substr(0, lf).ends_with('\r')) out_.line_ending = "\n";
  open_parts(0, Part::kNoParent);
  while (!stopped_ && !boundaries_.empty()) {
    const auto mark = next_mark(at_);
    if (!mark) break;
    take_delimiter(*mark);
  }
  close_above(0, message_.size());
  std::vector<bool> has_parts(out_.parts.size());
  for (std::size_t i = 1; i < out_.parts.size(); ++i) has_parts[out_.parts[i].parent] = true;
  for (std::size_t i = 0; i < out_.parts.size(); ++i) settle(out_.parts[i], has_parts[i]);  // those around come first
  return std::move(out_);
}

}  // namespace

bool Part::has_type(std::string_view wanted) const {
  return std::ranges::any_of(
      types, [&](const auto& t) { return wanted.ends_with('/') ? t.starts_with(wanted) : t == wanted; });
}

Structure read_structure(std::string_view message, const StructureLimits& limits) {
  return Reader(message, limits).run();
}

}  // namespace p3scan::mime
