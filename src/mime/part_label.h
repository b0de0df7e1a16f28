// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

#include "mime/edit.h"
#include "mime/structure.h"

namespace p3scan::mime {

/// What the header of a part shall say from now on; what is empty stays.
struct PartLabel {
  std::string_view charset;
  std::string_view encoding;  // transfer encoding
};

/// Edits the header of a part so that every program reads `label` in it: all fields and parameters that say something
/// else are changed, the rest stays. `line_ending` is for lines that are added.
void relabel(std::string_view message, const Part& part, const PartLabel& label, std::string_view line_ending,
             Edits& edits);

/// The header promises octets above 0x7f in the body (8bit, binary).
bool allows_eight_bit(std::string_view message, const Part& part);

}  // namespace p3scan::mime
