// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "config/load.h"

/// Any command line, here one word per line, is right or has messages of one line each.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace p3scan::config;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  std::string words(reinterpret_cast<const char*>(data), size);
  std::vector<const char*> argv = {"p3scan", words.c_str()};
  for (auto& c : words) {
    if (c != '\n') continue;
    c = '\0';
    argv.push_back(&c + 1);
  }
  const auto invocation = parse_invocation(argv);
  if (!invocation && invocation.error().size() != 1) std::abort();
  const auto loaded = load(argv, "", "fuzz.conf");
  if (loaded) return loaded->scanners.empty() ? (std::abort(), 1) : 0;
  for (const auto& error : loaded.error())
    if (!error.starts_with('\t') || error.find('\n') != std::string::npos) std::abort();
  return 0;
}
