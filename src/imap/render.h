// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "imap/fetch_item.h"
#include "imap/mime_tree.h"
#include "proto/dialog.h"

namespace p3scan::imap {

struct Rendered {
  std::vector<proto::Piece> pieces;
  /// Response code (RFC 9051 section 7.1, RFC 3516) of why some of it can't be said; empty: all is said. Static text.
  std::string_view trouble;
};

/// What the data items say about the message: "NAME value NAME value", as in a FETCH response (RFC 9051 section 7.5.2,
/// RFC 3516), in the order of `items`. Octets of the message are pointed to wherever they are shown as they are. A
/// section that is not there is an empty string; what can't be decoded is NIL, its size 0, and trouble. It says
/// what Dovecot 2.3 would say of the same message. Never fails; linear time for each item, parts beyond the limits are
/// not divided, and once four times the message and 16 MiB have been copied the rest is NIL, and trouble.
Rendered render(std::string_view message, std::span<const FetchItem> items, const TreeLimits& limits = {});

}  // namespace p3scan::imap
