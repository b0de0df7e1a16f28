// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <atomic>
#include <cstdint>
#include <vector>

#include "base/unique_fd.h"
#include "loop.h"
#include "mail.h"
#include "socket.h"
#include "task.h"

namespace p3scan::bench {

/// What the servers have seen, in memory shared by all their processes.
struct Counters {
  std::atomic<std::uint64_t> sent;      // mails fetched by POP3
  std::atomic<std::uint64_t> received;  // mails sent by SMTP
  std::atomic<std::uint64_t> scans;     // questions to the engine
};

/// Mail number n of every mailbox is `replies[n - 1]`: status line, mail of `sizes[n - 1]` octets and terminator.
struct Mailbox {
  explicit Mailbox(std::vector<std::uint64_t> octets);
  std::vector<std::uint64_t> sizes;
  std::vector<Prepared> replies;
};

struct Context {
  Loop& loop;
  Counters& counters;
  const Mailbox& mailbox;
  SocketOptions options;
};

/// USER, PASS, STAT, LIST, UIDL, RETR, NOOP, CAPA, QUIT.
Detached serve_pop3(const Context& context, UniqueFd fd);
/// Takes every mail and throws it away. The SIZE of MAIL tells how much of it needs no look.
Detached serve_smtp(const Context& context, UniqueFd fd);
/// A clamd that finds nothing, at once: PING, VERSION, IDSESSION, INSTREAM, and SESSION and SCAN for old clients.
Detached serve_clamd(const Context& context, UniqueFd fd);

}  // namespace p3scan::bench
