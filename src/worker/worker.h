// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <functional>

#include "scan/verdict.h"

namespace p3scan::worker {

/// Answers a descriptor with the verdict about what is in it.
using ScanFunction = std::function<scan::Verdict(int fd)>;

/// The loop of a worker: takes jobs from `socket` and answers each, until the other side closes it. A job that takes
/// longer than `longest` ends the process by SIGALRM; the one who waits for it has given up by then. Returns the exit
/// code.
int serve(int socket, const ScanFunction& scan, std::chrono::seconds longest);

}  // namespace p3scan::worker
