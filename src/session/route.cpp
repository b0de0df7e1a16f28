// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/route.h"

#include <algorithm>

#include "base/asio/asio.h"
#include "net/original_destination.h"

namespace p3scan::session {
namespace {

constexpr std::string_view kLoop = "Oops, that would loop!";

bool is_ourselves(const net::Endpoint& to, const config::Config& config) {
  return to.port() == config.port && net::is_own_address(to.address());
}

Route checked(std::vector<net::Endpoint> candidates, const Services& services) {
  const bool loops = std::ranges::any_of(candidates, [&](const auto& to) { return is_ourselves(to, services.config); });
  if (loops) return fail(std::string(kLoop));
  return candidates;
}

/// A connection of our own that a firewall rule or a fixed target brought back.
bool comes_from_us(const Services& services, net::Socket& client, const net::Endpoint& peer) {
  error_code ec;
  const auto here = client.local_endpoint(ec);
  if (!ec && services.own_connections->contains({peer, here})) return true;
  const auto original = net::original_destination(client.native_handle());
  return original && services.own_connections->contains({peer, *original});
}

Route redirected(const Services& services, net::Socket& client) {
  error_code ec;
  if (services.config.tproxy) {
    const auto to = net::unmapped(client.local_endpoint(ec));
    return ec ? Route(fail("Can't tell the destination: " + ec.message())) : checked({to}, services);
  }
  const auto to = net::original_destination(client.native_handle());
  if (!to) return fail(std::string("No IP-Conntrack-data (getsockopt failed)"));
  return checked({*to}, services);
}

}  // namespace

asio::awaitable<Route> find_route(const Services& services, net::Socket& client) {
  error_code gone;
  const auto peer = client.remote_endpoint(gone);
  if (gone) co_return fail(gone.message());
  if (comes_from_us(services, client, peer)) co_return fail(std::string(kLoop));
  const auto& config = services.config;
  if (config.targetip.empty()) co_return redirected(services, client);
  auto found = co_await net::resolve(config.targetip, config.targetport, config.connecttimeout);
  if (found.empty()) co_return fail(fmt::format("targetip: no address found for {}", config.targetip));
  co_return checked(std::move(found), services);
}

asio::awaitable<Route> find_named_route(const Services& services, std::string host, std::uint16_t port) {
  auto found = co_await net::resolve(host, port, services.config.connecttimeout);
  if (found.empty()) co_return fail(fmt::format("useurl: no address found for '{}'", host));
  std::erase_if(found, [&](const auto& to) { return !services.useurl_allow.permits(host, to.address()); });
  if (found.empty()) {
    co_return fail(fmt::format("useurl: '{}' is not permitted; add it to useurlallow to permit it", host));
  }
  co_return checked(std::move(found), services);
}

}  // namespace p3scan::session
