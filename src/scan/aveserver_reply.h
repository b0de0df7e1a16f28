// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "scan/verdict.h"

// The protocol of aveserver (Kaspersky Anti-Virus 5): lines that begin with three digits.
namespace p3scan::scan {

/// "SCAN", the options that the old program sent, the path, CRLF and a NUL.
std::string aveserver_request(std::string_view path);

/// Reads what aveserver says on one connection: a greeting, then an answer to each request. Bounded: too long a line, or
/// too many of them, is a failure.
class AveserverReader {
 public:
  AveserverReader(std::string path, std::string engine) : path_(std::move(path)), engine_(std::move(engine)) {}

  void add(std::string_view octets) { octets_ += octets; }

  /// The next complete line; nothing while there is none.
  std::optional<std::string> line();

  /// The next answer, once its last line is there. An answer is lines "NNN-text" and then one "NNN text".
  ///   a line xx2, not of class 5    Infected with the name in its text
  ///   only xx0, the last one 2xx    Clean
  ///   all others                    Failed: class 5, codes that nobody knows, no number, endless lines
  std::optional<Verdict> answer();

 private:
  std::optional<Verdict> judge(std::string_view line);

  std::string path_;
  std::string engine_;
  std::string octets_;
  std::size_t lines_ = 0;      // of the answer so far
  Verdict verdict_ = Clean{};  // of its lines
};

}  // namespace p3scan::scan
