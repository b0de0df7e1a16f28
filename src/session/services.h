// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "config/config.h"
#include "net/allow_list.h"
#include "net/own_connections.h"
#include "scan/policy.h"
#include "scanner/scanner.h"
#include "spool/message.h"

namespace p3scan::session {

/// What sessions of one event loop use, made anew from each configuration. A session keeps those it started with.
struct Services {
  Services(config::Config settings, const Log& output) : config(std::move(settings)), log(output) {}

  config::Config config;
  Log log;
  std::vector<std::unique_ptr<Scanner>> scanners;
  SpoolLimits spool;
  scan::Policy incoming;
  scan::Policy outgoing;
  net::AllowList useurl_allow;
  std::string template_text;
  std::string hostname;
  std::string domainname;
  net::OwnConnections* own_connections = nullptr;     // shared by all loops, outlives them
  boost::asio::thread_pool* blocking = nullptr;       // for what waits for a disk
};

}  // namespace p3scan::session
