// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

#include "mime/edit.h"
#include "mime/structure.h"

namespace p3scan {

struct NewName {
  std::string_view name;   // one line of UTF-8
  bool as_octets = false;  // the type becomes application/octet-stream
};

/// Gives a part another file name in all of its header: Content-Type and Content-Disposition are written anew, once
/// each, so that no second field, form of RFC 2231 or odd quoting is left that a program could prefer. Other parameters
/// stay, in their most usual reading. Nothing else is touched; all edits lie between part.begin and part.body.
void rename_part(std::string_view message, const mime::Part& part, const NewName& name, std::string_view line_ending,
                 mime::Edits& edits);

/// Puts `text` (UTF-8, lines ended by LF) in the place of a part: a text/plain in quoted-printable. Of the header only
/// the Content-* fields go, so that the header of a whole message stays what it is.
void replace_part(std::string_view message, const mime::Part& part, std::string_view text, std::string_view line_ending,
                  mime::Edits& edits);

}  // namespace p3scan
