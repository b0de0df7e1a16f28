// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/sniff.h"

#include <algorithm>

#include "base/ascii.h"

namespace p3scan::proto {
namespace {

enum class Fit { no, partly, yes };

/// Does `bytes` begin with the word, followed by something that ends a word?
Fit fits_word(std::string_view bytes, std::string_view word, std::string_view enders) {
  if (bytes.size() <= word.size()) return word.starts_with(bytes) ? Fit::partly : Fit::no;
  return bytes.starts_with(word) && enders.contains(bytes[word.size()]) ? Fit::yes : Fit::no;
}

Fit fits_smtp(std::string_view bytes) {
  if (const auto fit = fits_word(bytes, "220", " -\r\n"); fit != Fit::no) return fit;
  if (bytes.empty() || (bytes[0] != '4' && bytes[0] != '5')) return Fit::no;
  for (const char c : bytes.substr(0, 3)) {
    if (!ascii::is_digit(c)) return Fit::no;
  }
  if (bytes.size() < 4) return Fit::partly;
  return std::string_view(" -\r\n").contains(bytes[3]) ? Fit::yes : Fit::no;
}

}  // namespace

Greeting sniff_greeting(std::string_view bytes) {
  const Fit ok = fits_word(bytes, "+OK", " \r\n");
  const Fit err = fits_word(bytes, "-ERR", " \r\n");
  const Fit smtp = fits_smtp(bytes);
  const Fit imap = bytes.starts_with("* ") ? Fit::yes : fits_word(bytes, "*", " ");
  if (ok == Fit::yes || err == Fit::yes) return Greeting::pop3;
  if (smtp == Fit::yes) return Greeting::smtp;
  if (imap == Fit::yes) return Greeting::imap;
  for (const Fit fit : {ok, err, smtp, imap}) {
    if (fit == Fit::partly) return Greeting::need_more;
  }
  return Greeting::unknown;
}

bool is_http_request(std::string_view line) {
  const auto method = line.substr(0, line.find(' '));
  const auto version = line.rfind(" HTTP/");
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return !method.empty() && std::ranges::all_of(method, upper) && version != std::string_view::npos &&
         version > method.size();
}

}  // namespace p3scan::proto
