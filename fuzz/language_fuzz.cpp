// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mime/language.h"

/// The input is a setting, a line end, and the head of a mail. The result is always a language that there is.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace p3scan::mime;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  std::string_view head(reinterpret_cast<const char*>(data), size);
  const auto setting = head.substr(0, head.find('\n'));
  head.remove_prefix(std::min(head.size(), setting.size() + 1));
  const auto language = reader_language(setting, head);
  if (std::ranges::find(built_in_templates(), language, &LanguageTemplate::language) == built_in_templates().end())
    std::abort();
  if (!is_language_setting(setting) && default_language(setting) != "en") std::abort();
  return 0;
}
