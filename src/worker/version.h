// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>

namespace p3scan::worker {

/// Of libclamav, "1.4.3".
std::string engine_version();

}  // namespace p3scan::worker
