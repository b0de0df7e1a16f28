// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace p3scan::scan {

/// A file name for something that a mail calls `name`: "0007_invoice.pdf.exe". Unlike numbers make unlike names. At most
/// 100 octets of ASCII letters, digits and "._-+", the end of the name kept, since programs judge by it; all other
/// octets become '_', no two dots follow each other.
std::string safe_name(std::string_view name, std::size_t number);

}  // namespace p3scan::scan
