// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "imap/fetch_item.h"

namespace p3scan::imap {

inline constexpr std::size_t kDeepestPart = 100;  // numbers in "1.2.3"

/// Takes "[...]" off the front. Nothing if it is no section, or one of more than kDeepestPart numbers.
std::optional<Section> take_section(std::string_view& text);

/// Takes "<first.count>" off the front. What is beyond 32 bits is beyond any message and cut.
std::optional<Partial> take_partial(std::string_view& text);

/// "1.2.HEADER.FIELDS (To Cc)", without the brackets.
std::string section_text(const Section& section);

}  // namespace p3scan::imap
