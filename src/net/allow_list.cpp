// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/allow_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace p3scan::net {
namespace {

namespace ip = boost::asio::ip;

struct Special {
  std::string_view network;
  unsigned prefix;
};
constexpr std::array kSpecial = {
    Special{"0.0.0.0", 8},      Special{"10.0.0.0", 8},    Special{"100.64.0.0", 10},  Special{"127.0.0.0", 8},
    Special{"169.254.0.0", 16}, Special{"172.16.0.0", 12}, Special{"192.0.0.0", 24},   Special{"192.168.0.0", 16},
    Special{"198.18.0.0", 15},  Special{"224.0.0.0", 4},   Special{"240.0.0.0", 4},    Special{"::", 128},
    Special{"::1", 128},        Special{"64:ff9b::", 96},  Special{"64:ff9b:1::", 48}, Special{"100::", 64},
    Special{"2002::", 16},      Special{"fc00::", 7},      Special{"fe80::", 10},      Special{"fec0::", 10},
    Special{"ff00::", 8},
};

bool is_host_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (ascii::upper(c) >= 'A' && ascii::upper(c) <= 'Z') || ascii::is_digit(c) || c == '-' || c == '.' || c == '_';
  };
  return !name.empty() && name.size() <= 255 && std::ranges::all_of(name, allowed);
}

bool host_matches(std::string_view host, std::string_view entry) {
  if (!entry.starts_with('.')) return ascii::equal_nocase(host, entry);
  return host.size() > entry.size() && ascii::equal_nocase(host.substr(host.size() - entry.size()), entry);
}

}  // namespace

/// The complaint about an entry, empty when there is none.
std::string AllowList::add(const std::string& entry) {
  const auto network = parse_network(entry);
  if (network) {
    networks_.push_back(*network);
    return {};
  }
  if (network.error() == NetworkError::bad_prefix) return "has no valid prefix length";
  if (!is_host_name(entry)) return "is neither a host name nor an address nor a network";
  hosts_.push_back(entry);
  return {};
}

Result<AllowList, std::string> AllowList::parse(const std::vector<std::string>& entries) {
  AllowList list;
  for (const auto& entry : entries) {
    if (const auto flaw = list.add(entry); !flaw.empty()) return fail(fmt::format("useurlallow: '{}' {}", entry, flaw));
  }
  return list;
}

bool AllowList::permits(std::string_view host, const Address& raw) const {
  const auto address = unmapped(raw);
  if (networks_.empty() && hosts_.empty()) return !is_special_purpose(address);
  return std::ranges::any_of(networks_, [&](const Network& n) { return n.contains(address); }) ||
         std::ranges::any_of(hosts_, [&](const std::string& entry) { return host_matches(host, entry); });
}

bool is_special_purpose(const Address& raw) {
  const auto address = unmapped(raw);
  return std::ranges::any_of(kSpecial, [&](const Special& s) {
    return Network{ip::make_address(std::string(s.network)), s.prefix}.contains(address);
  });
}

}  // namespace p3scan::net
