// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <string>

namespace p3scan::net {

using Endpoint = boost::asio::ip::tcp::endpoint;
using Address = boost::asio::ip::address;

/// "192.0.2.1" or "2001:db8::1"; IPv4-mapped addresses are shown as IPv4.
std::string text(const Address& address);
/// "192.0.2.1:110" or "[2001:db8::1]:110".
std::string text(const Endpoint& endpoint);

/// The address without IPv4 mapping, so that one peer has one name.
Address unmapped(const Address& address);
Endpoint unmapped(const Endpoint& endpoint);

}  // namespace p3scan::net
