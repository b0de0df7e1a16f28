// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "app/signer.h"
#include "base/backoff.h"

namespace p3scan::app {

/// The files of the CA, open, as the master starts with them.
struct CaStart {
  std::optional<authority::OpenFiles> files;  // none: there is no CA
  uid_t owner = 0;                            // whose the files must be, when they are opened again
};

/// The master's side of the signer: holds the open files of the CA, unread, and starts a process for each gateway, and
/// anew when that one dies.
class SignerKeeper {
 public:
  using Clock = std::chrono::steady_clock;
  using Role = std::function<int(SignerStart)>;

  SignerKeeper(CaStart ca, const Log& log, Role role)
      : files_(std::move(ca.files)), owner_(ca.owner), log_(log), role_(std::move(role)) {}

  /// A new process in place of the one before, which ends with its gateway's socket. The result is for the gateway;
  /// none without a CA, or when it was not possible, which is tried again when due().
  UniqueFd start();

  /// Opens the files anew. True when they are others, so that a new process should be started. What is wrong is logged,
  /// and the old ones stay.
  bool reopen(const std::string& directory);

  bool is(pid_t pid) const { return pid == pid_ && pid > 0; }
  void ended(int status, bool expected);
  bool running() const { return pid_ > 0; }
  void kill() const;

  std::optional<Clock::time_point> due() const { return due_; }
  int control() const { return control_.get(); }
  void log_signatures();

 private:
  std::optional<authority::OpenFiles> files_;
  uid_t owner_;
  Log log_;
  Role role_;
  pid_t pid_ = -1;
  UniqueFd control_;
  Clock::time_point started_;
  Backoff backoff_;
  std::optional<Clock::time_point> due_;
};

}  // namespace p3scan::app
