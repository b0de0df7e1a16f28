// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/openssl.h"

#include <openssl/err.h>

namespace p3scan::net {

std::string take_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  const auto* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return reason != nullptr ? reason : "OpenSSL error " + std::to_string(code);
}

}  // namespace p3scan::net
