// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string>

#include "spool/message.h"

namespace p3scan {

/// Keeps a complete message as virusdir/p3scan.XXXXXX, mode 0600; returns that path. File and directory entry are
/// on disk when this returns. The six characters (a-zA-Z0-9) come from the clock, 16 names per second, so a name is
/// not given out again after its file was deleted; a file that exists is never touched. A message in
/// memory is only copied to a disk that keeps SpoolLimits::keep_free. Blocks on the disk.
Result<std::string, SpoolError> quarantine(Message& message, const std::string& virusdir);

/// The same on the threads of `blocking`. Runs to its end even when cancelled, as the message is then safe.
/// The message must not change meanwhile; reading it is fine.
boost::asio::awaitable<Result<std::string, SpoolError>> quarantine(Message& message, std::string virusdir,
                                                                   boost::asio::any_io_executor blocking);

/// The six characters for one tick of 1/16 s; pure, for tests. Every tick below 62^6 has its own.
std::string quarantine_id(std::uint64_t tick);

}  // namespace p3scan
