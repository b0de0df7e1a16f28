// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "mime/header_diff.h"
#include "mime/spam_subject.h"

/// Two messages, divided by a 0x1e octet. Edits are in order and inside; what is added is bounded and made of lines; a
/// message is its own output; tagging twice is tagging once.
namespace {

using namespace p3scan::mime;

void check(std::string_view head, const HeaderChanges& changes) {
  std::size_t end = 0;
  for (const auto& edit : changes.edits) {
    if (edit.offset < end || edit.offset + edit.length > head.size()) std::abort();
    end = edit.offset + edit.length;
  }
  const auto& added = changes.added;
  if (!added.empty() && !added.ends_with("\r\n")) std::abort();
  if (added.contains("\r\n\r\n") || added.starts_with("\r\n") || added.contains('\0')) std::abort();
}

std::string applied(std::string_view head, const HeaderChanges& changes) {
  std::string out;
  std::size_t at = 0;
  for (const auto& edit : changes.edits) {
    out.append(head.substr(at, edit.offset - at)).append(edit.text);
    at = edit.offset + edit.length;
  }
  return out.append(head.substr(at));
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto original = text.substr(0, text.find('\x1e'));
  const auto output = text.substr(std::min(size, original.size() + 1));
  const auto head = header_block(original);
  if (!same_body(original, original) || !header_changes(head, head)) std::abort();
  if (same_body(original, output) != same_body(output, original)) std::abort();
  if (!is_wrapped(original, "\n" + std::string(original))) std::abort();
  static_cast<void>(is_wrapped(original, output));
  auto changes = header_changes(head, header_block(output));
  if (changes) check(head, *changes);
  check(head, only_spam_fields(head, header_block(output)));
  HeaderChanges tags;
  tag_subjects(head, "[ SPAM ]", tags);
  check(head, tags);
  const auto once = applied(head, tags);
  HeaderChanges again;
  tag_subjects(once, "[ SPAM ]", again);
  if (applied(once, again) != once) std::abort();
  return 0;
}
