// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/icap_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "scan/printed.h"

namespace p3scan::scan {
namespace {

constexpr std::string_view kThreat = "Threat=";
// The name is made up, and the same for all: who reads mail is nobody's business.
constexpr std::string_view kRequest = "GET http://p3scan.invalid/mail.eml HTTP/1.1\r\nHost: p3scan.invalid\r\n\r\n";
constexpr int kOk = 200;
constexpr int kNoContent = 204;
constexpr int kForbidden = 403;
constexpr std::size_t kPreviewMax = std::size_t{64} * 1024;
constexpr std::uint32_t kFreshMin = 60;     // seconds
constexpr std::uint32_t kFreshMax = 86400;  // seconds

Infected infected(std::string_view name) {
  name = ascii::trim(name);
  return {.name = name.empty() ? std::string(kUnnamedVirus) : printed(name), .engine = "icap"};
}

/// "Type=0; Resolution=2; Threat=NAME;"
std::string_view threat_of(std::string_view value) {
  const auto at = value.find(kThreat);
  if (at == std::string_view::npos) return value;
  value.remove_prefix(at + kThreat.size());
  return value.substr(0, value.find(';'));
}

/// Lines: how many, then of each its file, its name, its number, what was done. All on one line are possible, too.
std::string_view first_violation(std::string_view value) {
  for (int line = 0; line < 2; ++line) {
    const auto end = value.find('\n');
    if (end == std::string_view::npos) return {};
    value.remove_prefix(end + 1);
  }
  return value.substr(0, value.find('\n'));
}

std::optional<Infected> infection(const IcapHead& head) {
  if (const auto* value = head.find("X-Infection-Found")) return infected(threat_of(*value));
  for (const std::string_view name : {"X-Virus-ID", "X-Virus-Name"}) {
    if (const auto* value = head.find(name)) return infected(*value);
  }
  const auto* const violations = head.find("X-Violations-Found");
  if (violations == nullptr || *violations == "0") return std::nullopt;
  return infected(first_violation(*violations));
}

}  // namespace

Result<IcapOptions, std::string> decode_icap_options(const IcapHead& head) {
  if (head.status != kOk) return fail(fmt::format("OPTIONS is answered with {}", head.status));
  if (!head.lists("Methods", "RESPMOD")) return fail(std::string("the service does not know RESPMOD"));
  IcapOptions options;
  if (const auto* value = head.find("Preview")) {
    const auto preview = ascii::number<std::size_t>(*value);
    if (preview) options.preview = std::min(*preview, kPreviewMax);
  }
  if (const auto* value = head.find("Max-Connections")) {
    options.connections = ascii::number<std::size_t>(*value).value_or(0);
  }
  if (const auto* value = head.find("Options-TTL")) {
    const auto ttl = ascii::number<std::uint32_t>(*value);
    if (ttl) options.fresh = std::chrono::seconds(std::clamp(*ttl, kFreshMin, kFreshMax));
  }
  return options;
}

std::string icap_options_request(const IcapTarget& target) {
  return fmt::format("OPTIONS {} ICAP/1.0\r\nHost: {}\r\nUser-Agent: P3Scan\r\n\r\n", target.uri, target.authority);
}

std::string icap_respmod_head(const IcapTarget& target, std::uint64_t size, std::optional<std::size_t> preview) {
  const auto answer =
      fmt::format("HTTP/1.1 200 OK\r\nContent-Type: message/rfc822\r\nContent-Length: {}\r\n\r\n", size);
  auto out = fmt::format("RESPMOD {} ICAP/1.0\r\nHost: {}\r\nUser-Agent: P3Scan\r\nAllow: 204\r\n", target.uri,
                         target.authority);
  if (preview) out += fmt::format("Preview: {}\r\n", *preview);
  out += fmt::format("Encapsulated: req-hdr=0, res-hdr={}, res-body={}\r\n\r\n", kRequest.size(),
                     kRequest.size() + answer.size());
  return out.append(kRequest).append(answer);
}

Verdict icap_verdict(const IcapHead& head, int http_status) {
  if (auto found = infection(head)) return std::move(*found);
  if (head.status == kNoContent) return Clean{};
  if (head.status != kOk) return Failed{fmt::format("icap: the service answers {}", head.status)};
  if (http_status == kForbidden) return infected("");
  return Failed{"icap: the service sent something else in the message's place and not why"};
}

}  // namespace p3scan::scan
