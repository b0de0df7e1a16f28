// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/attachment_notice.h"

#include <fmt/format.h>

namespace p3scan {
namespace {

std::string_view reason(const mime::Words& words, BannedPart::Rule rule) {
  switch (rule) {
    case BannedPart::Rule::name: return words.bad_name;
    case BannedPart::Rule::type: return words.bad_type;
    case BannedPart::Rule::content: return words.bad_content;
    case BannedPart::Rule::archive: return words.bad_archive;
  }
  return {};
}

std::string shown_or_dash(std::string_view name) { return name.empty() ? "-" : shown_name(name); }

}  // namespace

std::string removal_notice(const mime::Words& words, const BannedPart& banned, std::string_view kept_as) {
  auto text = fmt::format("{}\n\n{} {}\n{} {} ({})\n", words.attachment_removed, words.file_name,
                          shown_or_dash(banned.name), words.reason, reason(words, banned.rule), banned.detail);
  if (kept_as.empty()) {
    text += fmt::format("{}\n", words.not_kept);
  } else {
    text += fmt::format("{} {}\n{}\n", words.kept_as, kept_as, words.ask);
  }
  return text;
}

std::string log_text(const BannedPart& banned) {
  return fmt::format("{} ({}: {})", shown_or_dash(banned.name), rule_name(banned.rule), banned.detail);
}

}  // namespace p3scan
