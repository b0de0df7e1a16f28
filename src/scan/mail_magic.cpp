// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/mail_magic.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace p3scan::scan {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kWindow = 1024;  // octets by which libclamav tells the type of a file

/// Case and blank count. Those that every signature database knew, and the library's own list.
constexpr std::array kKnown = {"Received: "sv, "Return-Path: "sv, "Delivered-To: "sv, "From: "sv,      "To: "sv,
                               "Subject: "sv,  "Date: "sv,        "Message-ID: "sv,   "Message-Id: "sv};

/// Text formats that are known by octets at a fixed offset and are asked for before mail.
struct Elsewhere {
  std::size_t offset;
  std::string_view octets;
};
constexpr std::array kElsewhere = {Elsewhere{257, "ustar"sv}, Elsewhere{512, "EFI PART"sv}};

/// All other formats have octets in their marks that no ordinary header has.
bool is_ordinary(char c) { return (c >= ' ' && c < 0x7f) || c == '\t' || c == '\r' || c == '\n'; }

std::string make_lead() {
  std::string lead = "Received: by p3scan\r\n";
  while (lead.size() <= kWindow) lead += "X-P3Scan-Look: 2 ......................................................\r\n";
  return lead;
}

}  // namespace

bool looks_like_mail_to_clamav(std::string_view head) {
  head = head.substr(0, kWindow);
  const auto starts = [head](std::string_view known) { return head.starts_with(known); };
  const auto is_there = [head](const Elsewhere& mark) {
    return head.size() > mark.offset && head.substr(mark.offset).starts_with(mark.octets);
  };
  return std::ranges::any_of(kKnown, starts) && std::ranges::none_of(kElsewhere, is_there) &&
         std::ranges::all_of(head, is_ordinary);
}

std::string_view mail_lead() {
  static const std::string lead = make_lead();
  return lead;
}

std::size_t blank_front(std::string_view head) {
  return static_cast<std::size_t>(std::ranges::find_if_not(head, ascii::is_space) - head.begin());
}

}  // namespace p3scan::scan
