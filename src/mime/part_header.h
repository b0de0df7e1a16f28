// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string_view>

#include "mime/structure.h"

namespace p3scan::mime {

/// What is needed to read the fields of one part's header, and the limit that was met.
struct HeaderReading {
  std::string_view default_type;  // RFC 2045 5.2, RFC 2046 5.1.5
  std::size_t parameters;
  std::size_t names;
  std::string_view over_limit = {};  // in words; empty if none was
};

/// Fills in what the header says of a part: types, charset, encodings, boundaries, disposition, names, is_leaf,
/// is_ambiguous.
void read_part_header(std::string_view header, HeaderReading& reading, Part& part);

/// Some reading of the header of a part with parts inside says that its body is content.
bool may_be_content(const Part& part);

/// Decides `seal` of a part whose end is known, unless a part around it decided.
void settle_seal(std::string_view message, Part& part);

}  // namespace p3scan::mime
