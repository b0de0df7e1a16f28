// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "imap/mime_tree.h"

namespace p3scan::imap {

/// BODYSTRUCTURE, or BODY without the extension data (RFC 9051 section 7.5.2), of the whole message.
std::string body_structure(std::string_view message, const std::vector<TreePart>& tree, bool extended);

}  // namespace p3scan::imap
