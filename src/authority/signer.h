// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "authority/files.h"

namespace p3scan::authority {

/// How many signatures there are in a second, and at once after a rest. A gateway asks once for each certificate of a
/// server; who took it over gets no more than these.
struct SignerLimits {
  std::uint32_t per_second = 100;
  std::uint32_t burst = 500;
};

/// Lets events through at a rate.
class TokenBucket {
 public:
  using Clock = std::chrono::steady_clock;
  TokenBucket(SignerLimits limits, Clock::time_point now) : limits_(limits), tokens_(limits.burst), last_(now) {}

  bool take(Clock::time_point now);

 private:
  SignerLimits limits_;
  double tokens_;
  Clock::time_point last_;
};

/// Called with a line about each signature given, for the log.
using Witness = std::function<void(const std::string&)>;

/// The loop of the signer's process: greets, then answers the requests of one gateway (authority/wire.h) until that
/// closes the socket. A packet that is no request ends it, too. Returns the exit code.
int serve(int socket, const Issuers& issuers, const Witness& witness, SignerLimits limits = {});

}  // namespace p3scan::authority
