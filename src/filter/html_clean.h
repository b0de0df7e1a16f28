// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "filter/filter.h"
#include "html/names.h"
#include "mime/edit.h"
#include "mime/structure.h"

namespace p3scan {

struct HtmlSettings {
  html::Mode mode = html::Mode::webbugs;
  bool edit_signed = false;                 // onsigned = edit: signatures break
  std::chrono::milliseconds limit{60'000};  // filtertimeout
  mime::StructureLimits structure;
};

/// What was done to the HTML of one mail.
struct HtmlReport {
  std::uint64_t places = 0;  // edits
  std::size_t left = 0;      // signed or encrypted parts with HTML in them
  std::string unsure;        // why there may be HTML that was not seen; empty: there is none
};

/// Defuses all HTML of a mail by edits. Pure; throws operation_aborted soon after `stop` is set.
HtmlReport clean_html(std::string_view message, const HtmlSettings& settings, const std::atomic<bool>& stop,
                      mime::Edits& edits);

/// The filter of `htmlclean`. Incoming mail only. A mail of which it can't say that it saw all HTML is unscannable in
/// strict mode; otherwise what was seen is defused and the log says so.
class HtmlFilter final : public Filter {
 public:
  HtmlFilter(HtmlSettings settings, FilterTools tools) : settings_(settings), tools_(std::move(tools)) {}

  std::string_view name() const override { return "htmlclean"; }
  boost::asio::awaitable<Filtered> run(Message& message, const scan::MailFacts& facts) override;

 private:
  HtmlSettings settings_;
  FilterTools tools_;
};

}  // namespace p3scan
