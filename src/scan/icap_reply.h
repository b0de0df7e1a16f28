// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "scan/icap_head.h"
#include "scan/icap_target.h"
#include "scan/verdict.h"

namespace p3scan::scan {

/// What a service said to OPTIONS (RFC 3507, 4.10).
struct IcapOptions {
  std::optional<std::size_t> preview;  // octets that it wants to see first
  std::size_t connections = 0;         // at most, from us; 0: it did not say
  std::chrono::seconds fresh{3600};    // the answer holds for so long
};

/// The error says why the service is of no use.
Result<IcapOptions, std::string> decode_icap_options(const IcapHead& head);

/// The request for them, whole.
std::string icap_options_request(const IcapTarget& target);

/// The head of a RESPMOD request about a message of `size` octets: all that goes in front of its chunks. The message
/// is shown as the body of an answer to an HTTP request for it. `preview`: only so many octets follow at first.
std::string icap_respmod_head(const IcapTarget& target, std::uint64_t size, std::optional<std::size_t> preview);

/// The verdict of a final reply to RESPMOD. `http_status`: of the HTTP answer in it, 0 if there is none.
///   X-Infection-Found, X-Virus-ID, X-Virus-Name, X-Violations-Found (but for 0 violations)   Infected, whatever the status
///   204           Clean: nothing needs to be changed
///   200 with an HTTP status of 403   Infected: the service puts a refusal in the message's place
///   200 else      Failed. Asked to say 204 for what it does not change, it sent something else in the message's place
///                 without saying why, or does not know 204; the octets are not compared, so nobody knows which
///   all others    Failed
Verdict icap_verdict(const IcapHead& head, int http_status);

}  // namespace p3scan::scan
