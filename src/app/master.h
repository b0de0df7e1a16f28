// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/gateway.h"
#include "app/pidfile.h"
#include "app/signer_keeper.h"
#include "base/log.h"
#include "base/result.h"
#include "config/config.h"
#include "net/listener.h"
#include "worker/loader.h"

namespace p3scan::app {

/// What the configuration file says now.
struct Reread {
  config::Config config;
  std::string text;
};

/// What the children of the master do; tests put small ones in.
struct Roles {
  std::function<int(GatewayStart)> gateway = run_gateway;
  std::function<int(worker::LoaderStart)> loader = worker::run_loader;
  SignerKeeper::Role signer = run_signer;
};

struct MasterStart {
  config::Config config;
  std::vector<net::Listener> listeners;
  Log log;
  std::vector<std::string> argv;
  std::string config_name;
  std::vector<unsigned> gateway_capabilities;
  std::function<Result<Reread, std::vector<std::string>>()> reread;  // on SIGHUP
  Roles roles;
  CaStart ca = {};
};

/// Starts the gateway and, for the embedded engine, a loader, and, with a CA, a signer; keeps them alive; acts on SIGTERM, SIGINT (end, letting
/// sessions finish; a second one: at once) and SIGHUP (new configuration). Returns when all children are gone.
/// For a process with one thread, which must have those signals and SIGCHLD blocked (block_signals).
void run_master(MasterStart start);

void block_signals();

worker::Options loader_options(const config::Config& config);
bool wants_loader(const config::Config& config);

}  // namespace p3scan::app
