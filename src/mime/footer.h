// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

#include "mime/edit.h"
#include "mime/structure.h"

namespace p3scan::mime {

/// What a footer is made of. Text may be any octets: UTF-8, else read as windows-1252.
struct FooterValues {
  std::string_view file;          // the text of the administrator, in lines
  std::string_view host;          // fully qualified
  std::string_view scanner_info;  // %VDINFO%, in lines; may be empty
};

/// The footer as plain text in UTF-8, lines ended by LF: stars, the file, program and host, the scanners, stars. At
/// most 200 lines.
std::string footer_text(const FooterValues& values);

enum class FooterAdded {
  yes,
  present,  // the mail has it at its end already
  sealed,   // a signature or encryption would break (S/MIME, PGP, DKIM)
  nowhere,  // no text that a reader sees at once, or a structure beyond limits
};

/// Adds `footer` (see footer_text()) to the text of a mail: at the end of its text/plain and in front of </body> of its
/// text/html; of several texts in a row to the last. Attachments, parts with a file name, calendars, reports and
/// messages inside stay as they are. What HTML does not have in ASCII becomes character references. In plain text of a
/// charset that lacks a character it becomes '?', but a text that is all ASCII becomes UTF-8 instead. Encoding and line
/// ends are the part's own.
FooterAdded add_footer(std::string_view message, const Structure& structure, std::string_view footer, Edits& edits);

}  // namespace p3scan::mime
