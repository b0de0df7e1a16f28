// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "scan/verdict.h"
#include "worker/large_parts.h"
#include "worker/message_map.h"

struct cl_engine;

namespace p3scan::worker {

struct EngineOptions {
  std::string database;                   // directory with ClamAV signatures
  bool database_required = false;         // else a directory without any will do
  std::chrono::seconds scantimeout{300};  // of the one who asks; the engine stops a little earlier
  std::uint64_t largest = 0;              // octets of the largest message; 0 = what libclamav can take
};

/// libclamav with a loaded database and, always, the EICAR test signature. One scan at a time.
class Engine {
 public:
  /// Ends with a scan of the test file, so that an engine that was loaded is one that finds. `directory` is for
  /// temporary files. Takes up to a minute and, with the official database, 1.3 GB.
  static Result<Engine, std::string> load(const EngineOptions& options, const std::string& directory);
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) = delete;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// For a forked process: its own directory for temporary files.
  void work_in(const std::string& directory);

  /// The verdict about the message in a regular file. Never fails open: what libclamav can't answer is no Clean.
  scan::Verdict scan(int fd) const;

  /// "8700000 signatures, database version 27000 of 2024-05-01"
  const std::string& description() const { return description_; }

  /// Octets of the largest file that libclamav writes or reads.
  std::uint64_t largest_file() const { return largest_file_; }

 private:
  struct Free {
    void operator()(cl_engine* engine) const;
  };

  Engine(std::unique_ptr<cl_engine, Free> engine, std::uint64_t largest_file);
  Result<void, std::string> prepare(const std::string& directory);
  Result<unsigned, std::string> load_signatures(const EngineOptions& options, const std::string& directory);
  Result<void, std::string> test_itself(const std::string& directory) const;
  scan::Verdict scan_mail(MessageMap& message) const;
  scan::Verdict scan_in_parts(std::string_view mail, const std::vector<LargePart>& parts) const;
  scan::Verdict look_at(std::string_view octets, std::string& type) const;
  scan::Verdict look_at_decoded(std::string_view base64) const;
  UniqueFd scratch_file() const;

  std::unique_ptr<cl_engine, Free> engine_;
  std::uint64_t largest_file_;
  std::string directory_;
  std::string description_;
};

/// Whether `directory` holds anything that libclamav takes for a database.
bool has_database(const std::string& directory);

}  // namespace p3scan::worker
