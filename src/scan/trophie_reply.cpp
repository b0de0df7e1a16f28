// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/trophie_reply.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "scan/printed.h"

namespace p3scan::scan {

Verdict decode_trophie_reply(std::string_view reply, std::string_view engine) {
  reply = reply.substr(0, reply.find_last_not_of(std::string_view("\r\n\0", 3)) + 1);
  if (reply == "0") return Clean{};
  if (reply.empty()) return Failed{fmt::format("{}: no reply", engine)};
  if (!reply.starts_with('1')) return Failed{fmt::format("{}: {}", engine, printed(reply))};
  reply = reply.substr(0, reply.find_first_of("\r\n"));  // one path, one line
  const auto name = reply.size() > 2 ? printed(ascii::trim(reply.substr(2))) : std::string();
  return Infected{.name = name.empty() ? std::string(kUnnamedVirus) : name, .engine = std::string(engine)};
}

}  // namespace p3scan::scan
