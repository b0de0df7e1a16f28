// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/icap_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/ascii.h"

namespace p3scan::scan {
namespace {

constexpr std::string_view kScheme = "icap://";
constexpr std::size_t kHostMax = 255;
constexpr std::uint16_t kDefaultPort = 1344;

struct HostPort {
  std::string_view host;
  std::string_view port;  // empty: the default
};

std::optional<HostPort> split(std::string_view authority) {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto rest = authority.substr(end + 1);
    if (!rest.empty() && (rest.size() == 1 || rest.front() != ':')) return std::nullopt;
    return HostPort{authority.substr(1, end - 1), rest.substr(std::min<std::size_t>(rest.size(), 1))};
  }
  const auto colon = authority.find(':');
  if (colon == std::string_view::npos) return HostPort{authority, {}};
  if (colon + 1 == authority.size()) return std::nullopt;
  return HostPort{authority.substr(0, colon), authority.substr(colon + 1)};
}

bool is_plain(char c) { return static_cast<unsigned char>(c) > ' ' && static_cast<unsigned char>(c) < 0x7f; }

}  // namespace

Result<IcapTarget, std::string> parse_icap_target(std::string_view text) {
  const auto wrong = [&] { return fail(fmt::format("{}: icap is given as icap://host:port/service", text)); };
  if (!ascii::starts_with_nocase(text, kScheme) || !std::ranges::all_of(text, is_plain)) return wrong();
  const auto rest = text.substr(kScheme.size());
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos || slash + 1 == rest.size() || rest.find('#') != std::string_view::npos) {
    return wrong();
  }
  const auto parts = split(rest.substr(0, slash));
  if (!parts || parts->host.empty() || parts->host.size() > kHostMax ||
      parts->host.find('@') != std::string_view::npos) {
    return wrong();
  }
  const auto port = parts->port.empty() ? kDefaultPort : ascii::number<std::uint16_t>(parts->port);
  if (!port || *port == 0) return wrong();
  const bool v6 = parts->host.find(':') != std::string_view::npos;
  auto authority = v6 ? fmt::format("[{}]:{}", parts->host, *port) : fmt::format("{}:{}", parts->host, *port);
  auto uri = fmt::format("icap://{}{}", authority, rest.substr(slash));
  return IcapTarget{
      .uri = std::move(uri), .host = std::string(parts->host), .authority = std::move(authority), .port = *port};
}

}  // namespace p3scan::scan
