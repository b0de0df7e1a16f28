// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <ctime>
#include <string>

namespace p3scan::mime {

/// A date as RFC 5322 3.3 writes it, "Sun, 09 Sep 2001 03:46:40 +0200", for a clock that is `offset` ahead of UTC.
std::string rfc5322_date(std::time_t when, std::chrono::seconds offset);

}  // namespace p3scan::mime
