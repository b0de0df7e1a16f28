// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "attach/zip_names.h"

namespace {

std::vector<std::string> names(std::string_view archive, std::size_t step) {
  std::vector<std::string> all;
  p3scan::attach::ZipNames zip([&](std::string_view name) {
    all.emplace_back(name);
    return true;
  });
  for (std::size_t at = 0; at < archive.size(); at += step) zip.feed(archive.substr(at, step));
  zip.finish();
  return all;
}

}  // namespace

/// The same names in whatever pieces the archive comes.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (names(text, size + 1) != names(text, 5)) std::abort();
  return 0;
}
