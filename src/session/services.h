// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <string>
#include <vector>

#include "authority/leaves.h"
#include "base/log.h"
#include "config/config.h"
#include "filter/filter.h"
#include "filter/lists.h"
#include "imap/changed_messages.h"
#include "net/allow_list.h"
#include "net/own_connections.h"
#include "net/tls.h"
#include "notify/administrators.h"
#include "notify/scanner_info.h"
#include "scan/policy.h"
#include "scanner/scanner.h"
#include "session/bypass.h"
#include "session/tls_memory.h"
#include "spool/message.h"

namespace p3scan::session {

/// The filters of one way a mail travels, in their order.
struct Stages {
  std::vector<Filter*> attachments;  // what these change is scanned again
  std::vector<Filter*> others;       // spam, HTML, footer: behind the scan
};

/// What sessions of one event loop use, made anew from each configuration. A session keeps those it started with.
struct Services {
  Services(config::Config settings, const Log& output) : config(std::move(settings)), log(output) {}

  config::Config config;
  Log log;
  std::vector<std::unique_ptr<Scanner>> scanners;
  FilterTools tools;
  std::vector<std::unique_ptr<Filter>> filters;
  Stages incoming_stages;
  Stages outgoing_stages;
  std::unique_ptr<Lists> lists;  // of senders; none: nobody is listed
  SpoolLimits spool;
  scan::Policy incoming;
  scan::Policy outgoing;
  net::AllowList useurl_allow;
  std::string template_text;                          // empty: the built-in ones, in the reader's language
  std::string extra_template;                         // of copies for administrators; empty: the notification itself
  notify::Administrators* administrators = nullptr;   // shared by all loops, outlives them; none: nobody is told
  std::shared_ptr<notify::ScannerInfo> scanner_info;  // none: nothing is known
  std::string hostname;
  std::string domainname;
  BypassList bypass;
  TlsMemory* tls_memory = nullptr;                    // shared by all loops, outlives them; none: nothing is remembered
  std::shared_ptr<net::TlsContext> tls_server;        // towards clients
  std::shared_ptr<net::TlsContext> tls_client;        // towards servers
  authority::Leaves* leaves = nullptr;                // identities for clients; shared by all loops, outlives them
  net::OwnConnections* own_connections = nullptr;     // shared by all loops, outlives them
  imap::ChangedMessages* changed_messages = nullptr;  // shared by all loops, outlives them
  boost::asio::thread_pool* blocking = nullptr;       // for what waits for a disk
};

}  // namespace p3scan::session
