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
  Result<Loaded, Errors> finish();

 private:
  enum class Source { none, file, command_line };

  void take(const Given& given);
  void set(const Given& given);
  std::string mistake_in(const Given& given) const;
  std::string_view hint(const Given& given) const;
  Checked set_value(const Option& option, std::string_view text);
  /// Where something was given.
  struct Origin {
    Source source = Source::none;
    std::size_t line = 0;  // in the file, from 1
  };
  std::string place(const Origin& origin) const;  // begins a message
  std::string place_of(std::string_view name) const { return place(origins_[row_of(name)]); }
  std::string text_of(const Origin& origin) const;
  static std::size_t row_of(const Option& option) { return static_cast<std::size_t>(&option - options().data()); }
  static std::size_t row_of(std::string_view name) { return row_of(option_named(name)); }
  bool given(std::string_view name) const { return origins_[row_of(name)].source != Source::none; }
  void error(std::string text);

  void set_scanners();
  void note_given();
  void refuse_together(std::string_view one, std::string_view other, std::string_view why);
  void check_destination();
  void check_spam();
  void check_syslog();

  std::string file_name_;
  Config config_;
  Source source_ = Source::none;
  std::vector<Origin> origins_;  // by row: where it was given last
  Origin here_;                  // of what is being taken
  std::string place_;            // of here_
  std::vector<ScannerGiven> file_scanners_;
  std::vector<ScannerGiven> command_line_scanners_;
  Errors errors_;
  std::size_t suppressed_ = 0;  // errors beyond kMaxErrors
};

}  // namespace p3scan::config
