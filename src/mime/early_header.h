// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

namespace p3scan::mime {

/// The part of a message that may reach a POP3 client before the verdict, because a notification that replaces the
/// message can begin with it as well: whole fields from the first octet on. It ends in front of the first field that
///   - is the Subject, a MIME or Content field, or one that an edit may change,
///   - must not occur twice and does (From, To, Date, ...),
///   - is malformed: no colon, octets in the name that don't belong there, control octets, bare CR or LF, a line over
///     998 octets (RFC 5322 2.1.1) or a folded line of blanks only.
/// A field counts once the octet behind it shows that it is not continued. For longer heads of the same message the
/// result only grows.
/// `complete`: the head is the whole message, nothing follows.
std::string_view early_header(std::string_view head, bool complete);

}  // namespace p3scan::mime
