// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace p3scan::app {

/// Goes to the background: the caller returns as the child, in a session of its own, in /, without a terminal.
/// The process that was called waits for ready() and exits 0, or 1 if the child ends before; so whoever started it
/// learns the outcome. Without detach() nothing of this happens and ready() does nothing.
class Background {
 public:
  Result<void, std::string> detach();
  void ready();

 private:
  UniqueFd parent_;
};

/// Working directory / and files for the owner's eyes only.
void settle_down();

}  // namespace p3scan::app
