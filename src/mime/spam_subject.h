// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

#include "mime/header_diff.h"

namespace p3scan::mime {

/// Puts `tag` (UTF-8) in front of every Subject of a head, as `changes` leave it, or adds one if there is none. A
/// Subject that a reader sees beginning with the tag already stays. What was written stays as it is behind the tag.
void tag_subjects(std::string_view head, std::string_view tag, HeaderChanges& changes);

}  // namespace p3scan::mime
