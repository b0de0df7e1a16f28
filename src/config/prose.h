// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/option.h"

// Pieces of text that help, sample file and man pages share.
namespace p3scan::config {

/// `text` in lines of at most `width` octets (longer words stand alone), broken at blanks.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// The sentences of `text`; mdoc(7) wants each on its own line.
std::vector<std::string> sentences(std::string_view text);

/// help and man of a row as whole sentences, and its default.
std::string explanation(const Option& option);
std::string default_sentence(const Option& option);

/// What p3scan(8) says of "p3scan ca", in mdoc(7).
extern const std::string_view kCaSynopsis;
extern const std::string_view kCaSection;

/// Sections that have rows for a configuration file, in order.
constexpr Section kFileSections[] = {
    Section::interception, Section::protocol, Section::tls,    Section::scanning, Section::policy,
    Section::attachment,   Section::spam,     Section::html,   Section::lists,    Section::outcome,
    Section::notification, Section::time,     Section::limits, Section::spool,    Section::daemon};

}  // namespace p3scan::config
