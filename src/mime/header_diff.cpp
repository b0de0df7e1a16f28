// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/header_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "mime/spam_fields.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kMaxAdded = std::size_t{64} * 1024;
constexpr std::size_t kMaxLine = 998;  // RFC 5322 2.1.1
constexpr std::size_t kShown = 40;     // of a name in an error
constexpr std::size_t kMaxTries = 50;

/// Fields that a program would follow if a message got another one.
constexpr auto kFixed = std::to_array<std::string_view>({"From", "To", "Cc", "Bcc", "Sender", "Reply-To", "Date",
                                                         "Message-ID", "In-Reply-To", "References", "Return-Path"});

bool may_be_added(std::string_view name) {
  return !ascii::starts_with_nocase(name, "MIME-") && !ascii::starts_with_nocase(name, "Content-") &&
         std::ranges::none_of(kFixed, [&](auto fixed) { return ascii::equal_nocase(name, fixed); });
}

std::string_view take_line(std::string_view& text) {
  const auto lf = text.find('\n');
  const auto line = text.substr(0, lf == std::string_view::npos ? lf : lf + 1);
  text.remove_prefix(line.size());
  return line;
}

std::string_view without_ending(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// A field, or a line that is none, with the folded lines behind it.
struct Unit {
  std::size_t offset = 0;
  std::string_view raw;   // with the line endings
  std::string_view name;  // empty: no field
  std::string text;       // line endings are LF, the last one is gone

  [[nodiscard]] bool is(std::string_view wanted) const { return ascii::equal_nocase(name, wanted); }
  [[nodiscard]] bool is_spam_field() const { return !name.empty() && mime::is_spam_field(name); }
  [[nodiscard]] std::string_view value() const { return std::string_view(text).substr(text.find(':') + 1); }
  [[nodiscard]] std::string_view ending() const {
    return raw.ends_with('\n') && !raw.ends_with("\r\n") ? "\n" : "\r\n";
  }
};

std::string_view field_name(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || ascii::is_blank(line.front())) return {};
  const auto name = ascii::trim(line.substr(0, colon));
  return std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7f; }) ? name : std::string_view{};
}

std::vector<Unit> units_of(std::string_view head) {
  std::vector<Unit> units;
  for (std::string_view rest = head; !rest.empty();) {
    const auto offset = head.size() - rest.size();
    auto line = take_line(rest);
    if (without_ending(line).empty()) break;
    Unit unit{.offset = offset, .raw = {}, .name = field_name(line), .text = std::string(without_ending(line))};
    while (!rest.empty() && ascii::is_blank(rest.front())) {
      line = take_line(rest);
      unit.text.append("\n").append(without_ending(line));
    }
    unit.raw = head.substr(offset, head.size() - rest.size() - offset);
    units.push_back(std::move(unit));
  }
  return units;
}

/// The field as it is safe to add to a header.
std::string clean_field(std::string_view text, std::string_view ending) {
  std::string out;
  while (!text.empty()) {
    std::string line(without_ending(take_line(text)).substr(0, kMaxLine));
    std::erase_if(line, [](char c) { return ascii::is_control(c) && c != '\t'; });
    if (!ascii::trim(line).empty()) out.append(line).append(ending);
  }
  return out;
}

class Comparison {
 public:
  Comparison(std::string_view original, std::string_view output)
      : original_(units_of(original)), output_(units_of(output)) {
    for (const auto& unit : original_) {
      if (unit.is_spam_field()) {
        ++sent_[{kept_.size(), unit.text}];
        changes_.edits.push_back({.offset = unit.offset, .length = unit.raw.size(), .text = {}});
      } else {
        kept_.push_back(&unit);
      }
    }
  }

  Result<HeaderChanges, std::string> run() {
    for (const auto& unit : output_)
      if (!take(unit)) return fail(std::move(why_));
    if (at_ < kept_.size()) return fail(fmt::format("the field {} is missing", shown(*kept_[at_])));
    if (changes_.added.size() > kMaxAdded) return fail(fmt::format("more than {} octets are added", kMaxAdded));
    return finish();
  }

  HeaderChanges run_spam_fields() {
    for (const auto& unit : output_)
      if (unit.is_spam_field() && changes_.added.size() < kMaxAdded) add_spam_field(unit);
    return finish();
  }

 private:
  static std::string shown(const Unit& unit) { return std::string(unit.name.substr(0, kShown)); }

  HeaderChanges finish() {
    std::ranges::sort(changes_.edits, {}, &HeaderEdit::offset);
    return std::move(changes_);
  }

  bool take(const Unit& unit) {
    const Unit* next = at_ < kept_.size() ? kept_[at_] : nullptr;
    if (unit.is_spam_field()) {
      // In the place where the sender put it: nobody but the sender says so.
      const auto sent = sent_.find({at_, unit.text});
      const bool left = sent != sent_.end() && sent->second > 0 && !says_spam(unit.name, unit.value());
      if (left) --sent->second;
      if (!left) add_spam_field(unit);
      return true;
    }
    if (next != nullptr && next->text == unit.text) {
      ++at_;
      return true;
    }
    if (next != nullptr && unit.is("Subject") && next->is("Subject")) {
      changes_.edits.push_back(
          {.offset = next->offset, .length = next->raw.size(), .text = clean_field(unit.text, next->ending())});
      ++at_;
      return true;
    }
    return add(unit);
  }

  bool add(const Unit& unit) {
    const bool second =
        unit.is("Subject") && std::ranges::any_of(original_, [](const Unit& known) { return known.is("Subject"); });
    if (unit.name.empty()) why_ = "a line is no field";
    if (!unit.name.empty() && (second || !may_be_added(unit.name)))
      why_ = fmt::format("the field {} is new", shown(unit));
    if (!why_.empty()) return false;
    changes_.added += clean_field(unit.text, "\r\n");
    return true;
  }

  void add_spam_field(const Unit& unit) {
    changes_.spam = changes_.spam || says_spam(unit.name, unit.value());
    changes_.added += clean_field(unit.text, "\r\n");
  }

  std::vector<Unit> original_;
  std::vector<Unit> output_;
  std::vector<const Unit*> kept_;                                    // of the original: what must be in the output
  std::map<std::pair<std::size_t, std::string>, std::size_t> sent_;  // spam fields that came, behind how many of those
  std::size_t at_ = 0;                                               // of kept_
  HeaderChanges changes_;
  std::string why_;
};

/// Walks over text as if every line ended in LF.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    if (text_.ends_with('\n')) text_ = without_ending(text_);
  }
  /// The next stretch without a CR in front of an LF; empty at the end.
  std::string_view next() {
    if (text_.starts_with("\r\n")) text_.remove_prefix(1);
    auto end = text_.find("\r\n", 1);
    const auto piece = text_.substr(0, end);
    text_.remove_prefix(piece.size());
    return piece;
  }

 private:
  std::string_view text_;
};

enum class Likeness : std::uint8_t { different, beginning, same };

/// `beginning`: `output` begins with `original`, of which the last line may end differently.
Likeness compare(std::string_view original, std::string_view output) {
  Lines a(original);
  Lines b(output);
  auto left = a.next();
  auto right = b.next();
  while (!left.empty() && !right.empty()) {
    const auto common = std::min(left.size(), right.size());
    if (left.substr(0, common) != right.substr(0, common)) return Likeness::different;
    left.remove_prefix(common);
    right.remove_prefix(common);
    if (left.empty()) left = a.next();
    if (right.empty()) right = b.next();
  }
  if (!left.empty()) return Likeness::different;
  return right.empty() ? Likeness::same : Likeness::beginning;
}

}  // namespace

std::string_view header_block(std::string_view message) {
  for (std::string_view rest = message; !rest.empty();)
    if (without_ending(take_line(rest)).empty()) return message.substr(0, message.size() - rest.size());
  return message;
}

Result<HeaderChanges, std::string> header_changes(std::string_view original, std::string_view output) {
  return Comparison(original, output).run();
}

HeaderChanges without_spam_fields(std::string_view head) { return Comparison(head, {}).run_spam_fields(); }

HeaderChanges only_spam_fields(std::string_view original, std::string_view output) {
  return Comparison(original, output).run_spam_fields();
}

bool same_body(std::string_view original, std::string_view output) {
  return compare(original, output) == Likeness::same;
}

bool is_wrapped(std::string_view original, std::string_view output) {
  std::size_t tries = 0;
  for (std::string_view rest = output; !rest.empty() && tries < kMaxTries;) {
    if (!without_ending(take_line(rest)).empty()) continue;
    ++tries;
    if (const auto likeness = compare(original, rest); likeness == Likeness::same || likeness == Likeness::beginning)
      return true;
  }
  return false;
}

}  // namespace p3scan::mime
