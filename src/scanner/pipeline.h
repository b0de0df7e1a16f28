// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <span>

#include "scanner/scanner.h"

namespace p3scan {

/// What all engines say together, each looking at the message at the same time. Never throws for what an engine does:
/// an exception is its Failed. No engine at all is Failed, too.
boost::asio::awaitable<scan::Verdict> scan_all(std::span<const std::unique_ptr<Scanner>> scanners, Message& message,
                                               const scan::MailFacts& facts);

}  // namespace p3scan
