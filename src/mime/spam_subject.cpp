// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/spam_subject.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "mime/header.h"
#include "mime/rfc2047.h"
#include "mime/utf8.h"

namespace p3scan::mime {
namespace {

constexpr std::string_view kName = "Subject: ";
constexpr std::size_t kLine = 78;
constexpr std::size_t kMaxTag = 200;

/// encode() folds with CRLF.
std::string with_ending(std::string_view text, std::string_view ending) {
  std::string out;
  for (std::size_t end = 0; (end = text.find("\r\n")) != std::string_view::npos; text.remove_prefix(end + 2))
    out.append(text.substr(0, end)).append(ending);
  return out.append(text);
}

std::string tagged(std::string_view value, const std::string& tag, std::string_view ending) {
  while (!value.empty() && ascii::is_space(value.front())) value.remove_prefix(1);
  // A blank between two encoded-words is not shown (RFC 2047 6.2), so it must be a part of one.
  const bool words = needs_encoding(tag) && value.starts_with("=?");
  auto out = std::string(kName) + with_ending(encode(words ? tag + " " : tag, kName.size()), ending);
  if (value.empty()) return out.append(ending);
  const auto line = out.size() - (out.contains('\n') ? out.rfind('\n') + 1 : 0);
  const auto first = std::min(value.find_first_of("\r\n"), value.size());
  if (line + 1 + first > kLine) out += ending;
  return out.append(" ").append(value).append(ending);
}

/// One Subject, as the edits leave it.
void tag_field(std::string_view raw, const Field& field, const std::string& tag, std::vector<HeaderEdit>& edits) {
  const std::string_view ending = raw.ends_with('\n') && !raw.ends_with("\r\n") ? "\n" : "\r\n";
  const auto edit = std::ranges::find(edits, field.offset, &HeaderEdit::offset);
  const auto now = edit == edits.end() ? field : find_field(edit->text, "Subject").value_or(Field{});
  if (decode(now.value).starts_with(tag)) return;
  auto text = tagged(now.value, tag, ending);
  if (edit == edits.end()) {
    edits.push_back({.offset = field.offset, .length = field.length, .text = std::move(text)});
  } else {
    edit->text = std::move(text);
  }
}

}  // namespace

void tag_subjects(std::string_view head, std::string_view tag, HeaderChanges& changes) {
  const auto shown = display_text(utf8_prefix(tag, kMaxTag));
  const auto clean = std::string(ascii::trim(shown));
  if (clean.empty()) return;
  bool any = find_field(changes.added, "Subject").has_value();
  Fields fields(head);
  while (const auto field = fields.next()) {
    if (!ascii::equal_nocase(field->name, "Subject")) continue;
    any = true;
    tag_field(head.substr(field->offset, field->length), *field, clean, changes.edits);
  }
  if (!any) changes.added += tagged({}, clean, "\r\n");
  std::ranges::sort(changes.edits, {}, &HeaderEdit::offset);
}

}  // namespace p3scan::mime
