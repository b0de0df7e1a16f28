// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/bash_arguments.h"

#include <ctime>

#include "base/ascii.h"
#include "mime/date.h"
#include "mime/rfc2047.h"

namespace p3scan {
namespace {

constexpr std::size_t kValueMax = 1000;
constexpr std::size_t kInfoMax = 4000;

std::string or_null(const std::string& value) { return value.empty() ? "(null)" : value; }

std::string harmless(std::string value, std::string_view allowed = "") {
  for (auto& c : value) {
    if (c == '\'' || (ascii::is_control(c) && allowed.find(c) == std::string_view::npos)) c = ' ';
  }
  return or_null(value);
}

std::string of_header(std::string_view head, std::string_view name) {
  return harmless(mime::display_value(head, name, kValueMax));
}

std::string port(std::uint16_t number) { return number == 0 ? "(null)" : std::to_string(number); }

std::string date(std::chrono::system_clock::time_point now) {
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  if (::localtime_r(&seconds, &local) == nullptr) return mime::rfc5322_date(seconds, std::chrono::seconds(0));
  return mime::rfc5322_date(seconds, std::chrono::seconds(local.tm_gmtoff));
}

}  // namespace

std::vector<std::string> bash_arguments(std::string_view path, std::string_view head, const scan::MailFacts& facts,
                                        std::chrono::system_clock::time_point now) {
  return {std::string(path),
          of_header(head, "From"),
          of_header(head, "To"),
          harmless(facts.user.substr(0, kValueMax)),
          of_header(head, "Subject"),
          date(now),
          or_null(facts.server_ip),
          port(facts.server_port),
          or_null(facts.client_ip),
          port(facts.client_port),
          or_null(facts.protocol),
          "P3Scan",
          P3SCAN_VERSION,
          harmless(facts.scanner_info.substr(0, kInfoMax), "\n")};
}

}  // namespace p3scan
