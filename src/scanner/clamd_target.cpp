// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/clamd_target.h"

#include <fmt/format.h>
#include <sys/un.h>

#include <optional>

#include "base/ascii.h"

namespace p3scan {
namespace {

constexpr std::string_view kDefaultPort = "3310";
constexpr std::size_t kHostMax = 255;

struct HostPort {
  std::string_view host;
  std::string_view port;
};

std::optional<HostPort> split(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find("]:");
    if (end == std::string_view::npos) return std::nullopt;
    return HostPort{text.substr(1, end - 1), text.substr(end + 2)};
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return HostPort{text, kDefaultPort};
  return HostPort{text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

Result<ClamdTarget, std::string> parse_clamd_target(std::string_view text) {
  ClamdTarget target{.text = std::string(text), .path = {}, .host = {}, .port = 0};
  if (text.starts_with('/')) {
    if (text.size() >= sizeof(sockaddr_un::sun_path)) return fail(fmt::format("{}: the path is too long", text));
    target.path = text;
    return target;
  }
  const auto parts = split(text);
  const auto port = parts ? ascii::number<std::uint16_t>(parts->port) : std::nullopt;
  if (!port || *port == 0 || parts->host.empty() || parts->host.size() > kHostMax) {
    return fail(fmt::format("{}: clamd is given as host:port, [address]:port or /path/socket", text));
  }
  target.host = parts->host;
  target.port = *port;
  return target;
}

}  // namespace p3scan
