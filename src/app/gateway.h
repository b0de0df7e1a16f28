// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <vector>

#include "base/log.h"
#include "base/unique_fd.h"
#include "config/config.h"
#include "net/listener.h"

namespace p3scan::app {

/// All that the gateway process starts with. Its own descriptors; nothing else of the master's is open.
struct GatewayStart {
  config::Config config;
  std::vector<net::Listener> listeners;  // bound and listening, one per event loop and address
  /// SOCK_SEQPACKET to the master. Out: one packet "ready" once connections are accepted.
  /// In: packet "reload" with one descriptor (SCM_RIGHTS), a memfd that holds the text of the new configuration file.
  /// Or packet "signer" with one descriptor: the socket of a signer in place of the one before.
  /// End of file: the master is gone.
  UniqueFd control;
  /// SOCK_SEQPACKET, read only: packets of worker processes, see scan/worker_wire.h. Never at its end while the master lives.
  UniqueFd announcements;
  UniqueFd signer;  // SOCK_SEQPACKET to the signer, see authority/wire.h; none: there is no CA
  Log log;
  std::vector<std::string> argv;  // command line, which outranks a re-read configuration file
  std::string config_name;        // of the configuration file, for messages
};

/// Serves until SIGTERM or the end of `control`, then lets sessions finish for `draintime`. Returns the exit code.
/// Called with SIGTERM unblocked and default; SIGINT and SIGHUP are ignored (the master acts on them).
int run_gateway(GatewayStart start);

}  // namespace p3scan::app
