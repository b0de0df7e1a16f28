// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "scanner/registry.h"
#include "scanner/worker_pool.h"
#include "session/services.h"

namespace p3scan::app {

/// What all event loops share of TLS, so that a session that one began another can take up again.
struct TlsMeans {
  std::shared_ptr<net::TlsContext> client;  // towards servers
  std::shared_ptr<net::TlsContext> server;  // towards clients
  session::TlsMemory* memory = nullptr;
};

/// The error names the option that is wrong.
Result<TlsMeans, std::string> make_tls(const config::Config& config);

struct ServicesPlan {
  const config::Config& config;
  const Log& log;
  boost::asio::any_io_executor executor;  // of the event loop that will use them
  WorkerPool& workers;
  net::OwnConnections& own_connections;
  imap::ChangedMessages& changed_messages;
  boost::asio::thread_pool& blocking;
  notify::Administrators& administrators;
  authority::Leaves& leaves;
  const TlsMeans& tls;
};

/// What sessions of one event loop use under `config`. The error names the option that is wrong.
Result<std::shared_ptr<const session::Services>, std::string> build_services(const ServicesPlan& plan);

/// The engines that the configuration names, in its order.
std::vector<ScannerSettings> scanner_settings(const config::Config& config);

/// What would keep these engines from being used, one sentence each; for the calling user.
std::vector<std::string> unusable_scanners(const config::Config& config);

/// Everything that can be read from a descriptor, from its beginning.
std::string read_whole(int fd);

}  // namespace p3scan::app
