// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/report.h"

#include <algorithm>
#include <chrono>
#include <ctime>

#include "mime/date.h"
#include "mime/header.h"

namespace p3scan::notify {
namespace {

constexpr std::size_t kMaxField = 8UL * 1024;

}  // namespace

std::string emergency_subject(Emergency kind) {
  switch (kind) {
    case Emergency::scanner: return "P3Scan: no scanner answers";
    case Emergency::disk: return "P3Scan: mail can't be stored";
    case Emergency::quarantine: return "P3Scan: infected mail can't be quarantined";
  }
  return "P3Scan: an error";
}

std::string brief_head(std::string_view head) {
  std::string brief;
  for (const std::string_view name : {"From", "To", "Subject"}) {
    const auto field = mime::find_field(head, name);
    if (field) brief.append(name).append(": ").append(mime::unfold(field->value.substr(0, kMaxField))).append("\r\n");
  }
  return brief.append("\r\n");
}

std::string date_now() {
  const auto now = std::time(nullptr);
  std::tm local{};
  static_cast<void>(localtime_r(&now, &local));
  return mime::rfc5322_date(now, std::chrono::seconds(local.tm_gmtoff));
}

}  // namespace p3scan::notify
