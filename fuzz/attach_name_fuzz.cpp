// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "attach/magic.h"
#include "attach/name_rule.h"
#include "attach/type_rule.h"

/// Whatever the name, the one that it gets instead is harmless.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const p3scan::attach::NameRule names;
  static const p3scan::attach::TypeRule types;
  names.match(text);
  types.match(text);
  p3scan::attach::program_kind(text, p3scan::attach::Content::attachment);
  const auto harmless = p3scan::attach::harmless_name(text);
  if (names.match(harmless) || harmless.size() > 124 || harmless.contains('\n')) std::abort();
  return 0;
}
