// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/bypass.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"

namespace p3scan::session {
namespace {

constexpr std::string_view kClient = "client:";

/// A name may come with the dot of the root.
std::string_view without_root(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

}  // namespace

Result<BypassList, std::string> BypassList::parse(const std::vector<std::string>& entries) {
  BypassList list;
  for (const auto& text : entries) {
    const bool client = ascii::starts_with_nocase(text, kClient);
    auto where = std::string_view(text).substr(client ? kClient.size() : 0);
    if (where.starts_with('[') && where.ends_with(']')) where = where.substr(1, where.size() - 2);
    const auto network = net::parse_network(where);
    if (network) {
      list.entries_.push_back(
          {.text = text, .kind = client ? Entry::Kind::client : Entry::Kind::server, .network = *network});
    } else if (client || where.contains('/') || where.empty()) {
      return fail(fmt::format("tlsbypass: '{}' names no address or network", text));
    } else if (where.starts_with("*.")) {
      list.entries_.push_back({.text = text, .kind = Entry::Kind::suffix, .host = std::string(where.substr(1))});
    } else {
      list.entries_.push_back({.text = text, .kind = Entry::Kind::host, .host = std::string(where)});
    }
  }
  return list;
}

std::string_view BypassList::find(const net::Address& client, const net::Address& server,
                                  std::string_view server_name) const {
  const auto name = without_root(server_name);
  const auto from = net::unmapped(client);
  const auto to = net::unmapped(server);
  const auto fits = [&](const Entry& entry) {
    switch (entry.kind) {
      case Entry::Kind::host: return ascii::equal_nocase(name, without_root(entry.host));
      case Entry::Kind::suffix: {
        const auto suffix = without_root(entry.host);
        return name.size() > suffix.size() && ascii::equal_nocase(name.substr(name.size() - suffix.size()), suffix);
      }
      case Entry::Kind::server: return entry.network.contains(to);
      case Entry::Kind::client: return entry.network.contains(from);
    }
    return false;
  };
  const auto found = std::ranges::find_if(entries_, fits);
  return found == entries_.end() ? std::string_view() : std::string_view(found->text);
}

}  // namespace p3scan::session
