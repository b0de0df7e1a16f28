// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "config/load.h"

namespace p3scan::config {

using Words = std::vector<const char*>;

inline auto load_both(const Words& words, std::string_view file) {
  Words argv = {"p3scan"};
  argv.insert(argv.end(), words.begin(), words.end());
  return load(argv, file, "p3scan.conf");
}
inline auto load_file(std::string_view file) { return load_both({}, file); }
inline auto load_words(const Words& words) { return load_both(words, ""); }

/// Makes configurations equal that say the same in other words.
inline void set_given(Config& config, bool given) {
  for (const auto member : {&Config::clamdb_given, &Config::scanner_given, &Config::template_given,
                            &Config::language_given, &Config::spamcheck_given})
    config.*member = given;
}

/// All messages, one per line; empty when all is right.
inline std::string errors_of(const Result<Config, Errors>& loaded) {
  std::string all;
  if (!loaded)
    for (const auto& error : loaded.error()) all += error + "\n";
  return all;
}

}  // namespace p3scan::config
