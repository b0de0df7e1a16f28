// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// libclamav decodes MIME only in what it takes for a mail, and it judges by the first 1024 octets. Tried with clamd
// 1.4.6: base64 EICAR as an attachment is NOT found (reply OK) in mails that begin with
//   - a header that it does not know: "X-Foo: bar", "ARC-Seal:", "Autocrypt:", "Content-Type:", "MIME-Version:", any
//     name in lower case, a name with a blank before the colon, a line without colon, a folded line, a blank line
//     (unless From/Received/Message-ID/MIME-Version and Content-Type with this very case and blank follow soon);
//   - a header that it knows, with "ustar" at offset 257 (taken for a tar archive) or "EFI PART" at offset 512.
// With lead() in front all of these are found, for then our own octets fill the window that it judges by. Still not
// found: a MIME field that has a blank before its colon ("Content-Type : multipart/mixed").
namespace p3scan::scan {

/// True only if libclamav certainly takes a message with this beginning (1 KiB or the whole) for a mail. False costs
/// a second look at the same message behind a lead(); the message as it is must always be looked at, too.
bool looks_like_mail_to_clamav(std::string_view head);

/// What goes before the message for the second look: header lines of more than 1 KiB, the first of which is known.
std::string_view mail_lead();

/// How many octets at the front of the message the second look leaves out: blank lines, which would end the header
/// that the lead begins.
std::size_t blank_front(std::string_view head);

}  // namespace p3scan::scan
