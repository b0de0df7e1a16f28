// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/network.h"

#include <optional>
#include <string>

#include "base/ascii.h"

namespace p3scan::net {

bool Network::contains(const Address& one) const {
  if (one.is_v4() != address.is_v4()) return false;
  const auto matches = [this](const auto& a, const auto& b) {
    for (std::size_t bit = 0; bit < prefix; ++bit) {
      const auto mask = static_cast<unsigned char>(0x80U >> (bit % 8));
      if (((a[bit / 8] ^ b[bit / 8]) & mask) != 0) return false;
    }
    return true;
  };
  if (one.is_v4()) return matches(one.to_v4().to_bytes(), address.to_v4().to_bytes());
  return matches(one.to_v6().to_bytes(), address.to_v6().to_bytes());
}

Result<Network, NetworkError> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  boost::system::error_code not_address;
  const auto address = boost::asio::ip::make_address(std::string(text.substr(0, slash)), not_address);
  if (not_address) return fail(NetworkError::no_address);
  const unsigned width = address.is_v4() ? 32 : 128;
  const auto prefix =
      slash == std::string_view::npos ? std::optional(width) : ascii::number<unsigned>(text.substr(slash + 1));
  if (!prefix || *prefix > width) return fail(NetworkError::bad_prefix);
  return Network{address, *prefix};
}

}  // namespace p3scan::net
