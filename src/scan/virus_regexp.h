// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace p3scan::scan {

/// Finds the names of viruses in what a scanner program printed: a PCRE, ungreedy as it always was, of which one
/// sub-pattern is the name.
class VirusRegexp {
 public:
  /// The most octets of all names together.
  static constexpr std::size_t kNamesMax = 1000;

  /// `part`: the sub-pattern, 0 is the whole match. The error is for the administrator.
  static Result<VirusRegexp, std::string> compile(const std::string& pattern, int part);

  /// The names of all lines that match, joined by " & "; a name that does not fit ends the list. Control characters
  /// become '?'. Lines that take the expression too long count as not matching.
  std::string names(std::string_view output) const;

 private:
  struct Code;
  struct Free {
    void operator()(Code* code) const;
  };

  VirusRegexp(std::unique_ptr<Code, Free> code, std::size_t part) : code_(std::move(code)), part_(part) {}

  std::unique_ptr<Code, Free> code_;
  std::size_t part_;
};

}  // namespace p3scan::scan
