// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <array>

#include "config/option.h"
#include "config/rows_connection.h"
#include "config/rows_content.h"
#include "config/rows_daemon.h"
#include "config/rows_limits.h"
#include "config/rows_notification.h"
#include "config/rows_outcome.h"
#include "config/rows_scanning.h"
#include "config/rows_tls.h"

// The option table: the one place that says what a setting is called, accepts and means. Its rows stand in the files
// rows_*.h by subject. Letters and names marked of_2_3_2 are fixed, scripts and configuration files in the field use
// them.
namespace p3scan::config {
namespace {

template <std::size_t... N>
constexpr auto joined(const Option (&... rows)[N]) {
  std::array<Option, (N + ...)> all{};
  auto next = all.begin();
  ((next = std::ranges::copy(rows, next).out), ...);
  return all;
}

constexpr auto kOptions = joined(kConnectionRows, kTlsRows, kScanningRows, kAttachmentRows, kSpamRows, kHtmlRows, kListRows,
                                 kOutcomeRows, kNotificationRows, kLimitRows, kDaemonRows, kCommandRows);

}  // namespace

std::span<const Option> options() { return kOptions; }

}  // namespace p3scan::config
