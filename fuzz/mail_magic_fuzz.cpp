// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "scan/mail_magic.h"

/// Whatever comes behind the lead: libclamav sees a mail.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  using namespace p3scan::scan;
  if (blank_front(text) > size) std::abort();
  if (looks_like_mail_to_clamav(text) && blank_front(text) != 0) std::abort();
  if (!looks_like_mail_to_clamav(std::string(mail_lead()) + std::string(text))) std::abort();
  return 0;
}
