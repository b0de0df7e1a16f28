// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/date.h"

#include <bits/chrono.h>
#include <fmt/core.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

namespace p3scan::mime {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string rfc5322_date(std::time_t when, std::chrono::seconds offset) {
  namespace chrono = std::chrono;
  const auto minutes = chrono::duration_cast<chrono::minutes>(offset);
  const chrono::sys_seconds local{chrono::seconds{when} + minutes};
  const auto day = chrono::floor<chrono::days>(local);
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss time{local - day};
  const auto zone = std::abs(minutes.count());
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}", kDays.at(chrono::weekday{day}.c_encoding()),
                     static_cast<unsigned>(date.day()), kMonths.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count(), minutes.count() < 0 ? '-' : '+', zone / 60, zone % 60);
}

}  // namespace p3scan::mime
