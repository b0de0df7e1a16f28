// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

namespace p3scan::imap {

/// What a client may hear of a server's capabilities.
struct CapabilityView {
  bool starttls = false;   // an upgrade to TLS would be carried out
  bool referrals = false;  // to other servers: not before TLS, where anybody could have said them
};

/// True for what would pass mail in a form that is not looked at here, or that nobody here understands: a client that
/// is not told of it does not use it.
bool is_hidden_capability(std::string_view capability, const CapabilityView& view);

/// A list of capabilities, separated by blanks, without the hidden ones.
std::string shown_capabilities(std::string_view list, const CapabilityView& view);

bool lists_capability(std::string_view list, std::string_view capability);

}  // namespace p3scan::imap
