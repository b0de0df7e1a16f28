// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/peer_fields.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/asio/asio.h"

namespace p3scan::authority {
namespace {

constexpr std::array<std::pair<std::string_view, Attribute>, 6> kShortNames{{{"C", Attribute::country},
                                                                             {"ST", Attribute::state},
                                                                             {"L", Attribute::locality},
                                                                             {"O", Attribute::organization},
                                                                             {"OU", Attribute::unit},
                                                                             {"CN", Attribute::common_name}}};

std::string octets_of(const std::string& text) {
  error_code ec;
  const auto address = asio::ip::make_address(text, ec);
  if (ec) return {};
  const auto copy = [](const auto& octets) { return std::string(octets.begin(), octets.end()); };
  return address.is_v4() ? copy(address.to_v4().to_bytes()) : copy(address.to_v6().to_bytes());
}

}  // namespace

LeafFields fields_of(const net::PeerCertificate& real, bool trusted) {
  LeafFields fields;
  fields.trusted = trusted;
  fields.not_after = real.not_after.time_since_epoch().count();
  fields.not_before = std::min<std::int64_t>(real.not_before.time_since_epoch().count(), fields.not_after);
  for (const auto& field : real.subject) {
    const auto* const known = std::ranges::find(kShortNames, field.name, [](const auto& row) { return row.first; });
    if (known == kShortNames.end() || fields.subject.size() == kMaxSubject) continue;
    if (is_subject_value(known->second, field.value)) fields.subject.push_back({known->second, field.value});
  }
  for (const auto& name : real.names)
    if (is_dns_name(name) && fields.names.size() < kMaxNames) fields.names.push_back(name);
  for (const auto& text : real.addresses) {
    auto address = octets_of(text);
    if (!address.empty() && fields.addresses.size() < kMaxAddresses) fields.addresses.push_back(std::move(address));
  }
  return fields;
}

}  // namespace p3scan::authority
