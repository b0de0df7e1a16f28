// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>

#include "base/result.h"
#include "session/services.h"

namespace p3scan::app {

/// The filters that the configuration asks for, in the order in which mails meet them. Everything else of `services`
/// that filters use is there already. The error names the option that is wrong.
Result<void, std::string> make_filters(session::Services& services);

}  // namespace p3scan::app
