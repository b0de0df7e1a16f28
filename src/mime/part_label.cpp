// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/part_label.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "mime/header.h"
#include "mime/parameter.h"

namespace p3scan::mime {
namespace {

struct Change {
  std::size_t offset;  // in the header
  std::size_t length;
  std::string text;
};

class Labeller {
 public:
  Labeller(std::string_view header, const Part& part, const PartLabel& label)
      : header_(header), part_(part), label_(label) {}

  std::vector<Change> run(std::string_view line_ending);

 private:
  std::size_t offset_of(std::string_view text) const { return static_cast<std::size_t>(text.data() - header_.data()); }
  void take_type(const Field& field);
  void take_encoding(const Field& field);
  void whole_type(const Field& field);

  std::string_view header_;
  const Part& part_;
  const PartLabel& label_;
  std::vector<Change> changes_;
  bool has_type_ = false;
  bool has_encoding_ = false;
};

/// The field anew, with nothing but the charset: what it said can't be changed in place.
void Labeller::whole_type(const Field& field) {
  changes_.push_back({.offset = offset_of(field.value),
                      .length = field.value.size(),
                      .text = fmt::format(" {}; charset={}", part_.type, label_.charset)});
}

void Labeller::take_type(const Field& field) {
  if (label_.charset.empty()) return;
  const auto parameters = read_parameters(field.value);
  std::vector<Change> found;
  bool in_place = !parameters.over_limit;
  for (const auto& parameter : parameters.all) {
    if (parameter.name != "charset") continue;
    in_place = in_place && parameter.length > 0;
    const auto at = offset_of(field.value) + parameter.offset;
    found.push_back({.offset = at, .length = parameter.length, .text = std::string(label_.charset)});
  }
  if (!in_place || (found.empty() && has_type_)) return whole_type(field);
  if (found.empty()) {
    const auto end = offset_of(field.value) + field.value.size();
    found.push_back({.offset = end, .length = 0, .text = fmt::format("; charset={}", label_.charset)});
  }
  std::ranges::move(found, std::back_inserter(changes_));
  has_type_ = true;
}

void Labeller::take_encoding(const Field& field) {
  has_encoding_ = true;
  if (label_.encoding.empty()) return;
  changes_.push_back(
      {.offset = offset_of(field.value), .length = field.value.size(), .text = fmt::format(" {}", label_.encoding)});
}

std::vector<Change> Labeller::run(std::string_view line_ending) {
  Fields fields(header_);
  while (const auto field = fields.next()) {
    if (ascii::equal_nocase(field->name, "content-type")) take_type(*field);
    if (ascii::equal_nocase(field->name, "content-transfer-encoding")) take_encoding(*field);
  }
  std::string added;
  if (!has_type_ && changes_.empty() && !label_.charset.empty())
    added += fmt::format("Content-Type: {}; charset={}{}", part_.type, label_.charset, line_ending);
  if (!has_encoding_ && !label_.encoding.empty())
    added += fmt::format("Content-Transfer-Encoding: {}{}", label_.encoding, line_ending);
  if (!added.empty()) {
    const auto lf = header_.starts_with("From ") ? header_.find('\n') : std::string_view::npos;
    changes_.push_back({.offset = lf == std::string_view::npos ? 0 : lf + 1, .length = 0, .text = std::move(added)});
  }
  std::ranges::sort(changes_, {}, &Change::offset);
  return std::move(changes_);
}

}  // namespace

void relabel(std::string_view message, const Part& part, const PartLabel& label, std::string_view line_ending,
             Edits& edits) {
  std::size_t end = 0;
  for (const auto& change : Labeller(part.header_of(message), part, label).run(line_ending)) {
    if (change.offset < end) continue;  // another reading of the same parameter
    edits.replace(part.begin + change.offset, change.length, change.text);
    end = change.offset + change.length;
  }
}

bool allows_eight_bit(std::string_view message, const Part& part) {
  const auto field = find_field(part.header_of(message), "content-transfer-encoding");
  if (!field) return false;
  const auto value = unfold(field->value);
  return ascii::equal_nocase(value, "8bit") || ascii::equal_nocase(value, "binary");
}

}  // namespace p3scan::mime
