// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

namespace p3scan::proto::pop3 {

/// The mechanisms whose user name can be read off the client's first response.
enum class Mechanism { other, plain, login, cram_md5 };

Mechanism mechanism(std::string_view name);

/// The user name in the client's first response (base64 text as on the wire, RFC 4616 for PLAIN), empty if there is
/// none to be found. Never returns anything of a password.
std::string sasl_user(Mechanism mechanism, std::string_view response);

}  // namespace p3scan::proto::pop3
