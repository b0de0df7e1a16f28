// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "scan/address_list.h"

/// The first line is the address, the second one the From line, the rest the list. What is found stands in the list.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto take = [&] {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() < text.size() ? line.size() + 1 : line.size());
    return line;
  };
  const auto address = take();
  const auto line = take();
  const auto list = p3scan::scan::AddressList::parse(text);
  const auto entry = list.find(address, line);
  if (!entry.empty() && (list.empty() || !text.contains(entry))) std::abort();
  return 0;
}
