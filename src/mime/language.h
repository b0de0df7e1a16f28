// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace p3scan::mime {

/// The built-in notification of one language, from data/templates; in the format of a template file, UTF-8.
struct LanguageTemplate {
  std::string_view language;  // "de", "pt-br"
  std::string_view text;
};

std::span<const LanguageTemplate> built_in_templates();

/// The language that we have for a tag of RFC 5646, in any case: "de-AT" and "de" give "de", "pt" gives "pt-br".
std::optional<std::string_view> known_language(std::string_view tag);

/// A setting of the administrator: a language, "auto" (the mail's own, else English) or "auto:de" (else German). The
/// names of the old template files, "ge" and "sp", are languages here, too.
bool is_language_setting(std::string_view setting);

/// The language for readers whose mail says nothing. English if it is no setting.
std::string_view default_language(std::string_view setting);

/// The language in which the reader of this mail is told something. With "auto" the mail's header decides:
/// Content-Language, which it is written in, else Accept-Language, which its sender asked for (RFC 3282). A field that
/// is not exactly what the RFC says, is longer than 500 octets, or occurs twice, says nothing.
std::string_view reader_language(std::string_view setting, std::string_view head);

/// `language`: one that known_language() gave. Another gives English.
std::string_view language_template(std::string_view language);

}  // namespace p3scan::mime
