// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/version.h"

#include <clamav.h>

namespace p3scan::worker {

std::string engine_version() { return ::cl_retver(); }

}  // namespace p3scan::worker
