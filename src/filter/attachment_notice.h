// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

#include "filter/attachment_rules.h"
#include "mime/words.h"

namespace p3scan {

/// What stands in the place of an attachment that was removed: UTF-8, lines ended by LF. `kept_as`: the name in the
/// quarantine, or empty.
std::string removal_notice(const mime::Words& words, const BannedPart& banned, std::string_view kept_as);

/// "NAME (badattach: exe)", for the log.
std::string log_text(const BannedPart& banned);

}  // namespace p3scan
