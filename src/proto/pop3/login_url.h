// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace p3scan::proto::pop3 {

/// A user name that names the server too: name#host, name#host:port, name#[v6], name#[v6]:port; without any # also
/// name@host, as version 3.0 had it.
struct LoginUrl {
  std::string_view user;
  std::string_view host;  // without brackets
  std::uint16_t port = 110;
  bool operator==(const LoginUrl&) const = default;
};

/// Nothing if `text` is not of that form. The last # counts, so that user names may contain one. Whether the host is
/// allowed is not decided here.
std::optional<LoginUrl> parse_login_url(std::string_view text);

}  // namespace p3scan::proto::pop3
