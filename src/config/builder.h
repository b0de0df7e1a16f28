// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/given.h"
#include "config/scanners.h"

namespace p3scan::config {

/// Collects settings and mistakes from one source after the other; later ones win.
class Builder {
 public:
  explicit Builder(std::string_view file_name);

  void take_file(std::string_view text);
  void take_command_line(std::span<const char* const> argv);
  Result<Config, Errors> finish();

 private:
  enum class Source { none, file, command_line };

  void take(const Given& given);
  void set(const Given& given);
  std::string mistake_in(const Given& given) const;
  std::string_view hint(const Given& given) const;
  Checked set_value(const Option& option, std::string_view text);
  std::string place(std::size_t line) const;
  std::string& origin(const Option& option) { return origins_[static_cast<std::size_t>(&option - options().data())]; }
  bool given(std::string_view name) { return !origin(option_named(name)).empty(); }
  void error(std::string text);

  void set_scanners();
  void refuse_together(std::string_view one, std::string_view other, std::string_view why);
  void check_destination();
  void check_spam();
  void check_syslog();

  std::string file_name_;
  Config config_;
  Source source_ = Source::none;
  std::vector<std::string> origins_;  // by row: where it was given last; empty = nowhere
  std::vector<Source> sources_;       // by row: a list grows within one source only
  std::string place_;                 // of what is being taken, begins every message
  std::vector<ScannerGiven> file_scanners_;
  std::vector<ScannerGiven> command_line_scanners_;
  Errors errors_;
  std::size_t suppressed_ = 0;  // errors beyond kMaxErrors
};

}  // namespace p3scan::config
