// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "scan/mail_facts.h"

namespace p3scan {

/// What a script of the scannertype bash is told about a mail, in this order: path, From, To, login name, Subject, time of
/// scanning, IP and port of the server, of the client, protocol, "P3Scan", our version, facts.scanner_info.
///
/// What is empty is "(null)". Values of the header are decoded and on one line. There is no shell between us and the
/// script, but it may have one inside: as it always was, apostrophes become blanks; and control characters do (in the last
/// argument, which may have several lines, but for line feeds). Bounded in length.
std::vector<std::string> bash_arguments(std::string_view path, std::string_view head, const scan::MailFacts& facts,
                                        std::chrono::system_clock::time_point now);

}  // namespace p3scan
