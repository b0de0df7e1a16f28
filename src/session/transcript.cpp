// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/transcript.h"

namespace p3scan::session {

bool Transcript::wanted() const {
  if (talk_.protocol.starts_with("SMTP")) return log_.shows(DebugTopic::smtp);
  if (talk_.protocol.starts_with("IMAP")) return log_.shows(DebugTopic::imap);
  return true;
}

void Transcript::show(proto::Side to, std::string_view words) {
  if (!wanted()) return;
  while (!words.empty()) {
    const auto end = words.find('\n');
    auto line = words.substr(0, end);
    words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (to == proto::Side::client) {
      mask_.to_client(line);
      log_.debug("<-- {}", line);
    } else {
      const auto masked = mask_.to_server(line);
      log_.debug("--> {}", log_.shows_passwords() ? line : std::string_view(masked));
    }
  }
}

}  // namespace p3scan::session
