// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "imap/mime_tree.h"
#include "imap/slices.h"

namespace p3scan::imap {

enum class BinaryFlaw {
  unknown_encoding,  // a Content-Transfer-Encoding that nobody knows
  bad_octets,        // the content is not what its encoding says
};

struct Binary {
  Slices octets;
  bool decoded = false;  // there was something to decode
};

/// The part with the encodings of its leaves undone (RFC 3516), with its header (of which only the encoding changes) or
/// without. Strict where mime::Decoder is lenient: a store that can't decode says so.
std::optional<Binary> binary_of(std::string_view message, const std::vector<TreePart>& tree, std::size_t part,
                                bool with_header, BinaryFlaw& flaw);

}  // namespace p3scan::imap
