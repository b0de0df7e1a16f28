// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "mime/template.h"

namespace p3scan::notify {

/// A virus was found in a mail, in either direction.
struct Report {
  std::string template_text;    // what the administrators are to read, in the format of a template
  std::string head;             // the beginning of the mail; brief_head() of it is kept
  mime::TemplateValues values;  // as for the reader's notification
};

/// Troubles of the gateway that somebody should look at.
enum class Emergency : std::uint8_t {
  scanner,     // no engine answers
  disk,        // no space, or the spool can't be written
  quarantine,  // an infected mail can't be kept
};
inline constexpr std::size_t kEmergencies = 3;

/// The subject of the mail about it.
std::string emergency_subject(Emergency kind);

/// The fields of a mail that values come from, in at most 8 KiB each.
std::string brief_head(std::string_view head);

/// The date of now for a mail, in local time.
std::string date_now();

}  // namespace p3scan::notify
