// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

namespace p3scan::mime {

// The header line that P3Scan adds to a message that passes. `ending` is the line ending of the message (see
// HeaderEnd::line_ending); it ends the result and every folded line.

/// For a message found clean.
std::string clean_header(bool outgoing, std::string_view ending);

/// For a message that passes although nobody could look at it. The reason may hold anything; at most 400 octets of it
/// are shown, as printable ASCII.
std::string marked_header(std::string_view reason, std::string_view ending);

/// What the scanners say about themselves (%VDINFO%): a header line for each of its lines that is not empty; nothing for
/// none. At most ten lines of 200 octets, as printable ASCII.
std::string info_headers(std::string_view info, std::string_view ending);

}  // namespace p3scan::mime
