// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/virus_regexp.h"

#define PCRE2_CODE_UNIT_WIDTH 8  // NOLINT(cppcoreguidelines-macro-usage): pcre2.h asks for it
#include <pcre2.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace p3scan::scan {
namespace {

constexpr std::uint32_t kMatchLimit = 100'000;  // steps for one line
constexpr std::uint32_t kHeapLimit = 1024;      // KiB
constexpr std::size_t kLineMax = 4094;          // octets of a line that are looked at
constexpr std::string_view kJoin = " & ";

// NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): text to the octets of PCRE2
PCRE2_SPTR octets(std::string_view text) { return reinterpret_cast<PCRE2_SPTR>(text.data()); }

std::string error_text(int error) {
  std::array<PCRE2_UCHAR, 256> text{};
  const auto n = pcre2_get_error_message(error, text.data(), text.size());
  return {text.begin(), text.begin() + std::max(n, 0)};
}

}  // namespace

struct VirusRegexp::Code {
  pcre2_code* code = nullptr;
  pcre2_match_context* limits = nullptr;
  pcre2_match_data* match = nullptr;

  /// The sub-pattern in one line, empty if the line does not match.
  std::string_view find(std::string_view line, std::size_t part) const {
    const int groups = pcre2_match(code, octets(line), line.size(), 0, 0, match, limits);
    if (groups <= 0 || part >= static_cast<std::size_t>(groups)) return {};
    const auto* const range = pcre2_get_ovector_pointer(match) + (2 * part);
    if (range[0] == PCRE2_UNSET || range[1] < range[0]) return {};
    return line.substr(range[0], range[1] - range[0]);
  }
};

void VirusRegexp::Free::operator()(Code* code) const {
  pcre2_match_data_free(code->match);
  pcre2_match_context_free(code->limits);
  pcre2_code_free(code->code);
  delete code;  // NOLINT(cppcoreguidelines-owning-memory): this is the deleter
}

Result<VirusRegexp, std::string> VirusRegexp::compile(const std::string& pattern, int part) {
  std::unique_ptr<Code, Free> code(new Code);
  int error = 0;
  PCRE2_SIZE where = 0;
  code->code = pcre2_compile(octets(pattern), pattern.size(), PCRE2_UNGREEDY, &error, &where, nullptr);
  if (code->code == nullptr) {
    return fail("Can't compile regular expression: " + error_text(error) + " at offset " + std::to_string(where));
  }
  code->limits = pcre2_match_context_create(nullptr);
  code->match = pcre2_match_data_create_from_pattern(code->code, nullptr);
  if (code->limits == nullptr || code->match == nullptr) return fail(std::string("no memory"));
  pcre2_set_match_limit(code->limits, kMatchLimit);
  pcre2_set_heap_limit(code->limits, kHeapLimit);
  std::uint32_t groups = 0;
  pcre2_pattern_info(code->code, PCRE2_INFO_CAPTURECOUNT, &groups);
  if (part < 0 || static_cast<std::uint32_t>(part) > groups) {
    return fail("the regular expression has " + std::to_string(groups) + " sub-patterns, but number " +
                std::to_string(part) + " is wanted");
  }
  return VirusRegexp(std::move(code), static_cast<std::size_t>(part));
}

std::string VirusRegexp::names(std::string_view output) const {
  std::string all;
  while (!output.empty()) {
    auto line = output.substr(0, output.find('\n'));
    output.remove_prefix(std::min(output.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto name = code_->find(line.substr(0, kLineMax), part_);
    if (name.empty()) continue;
    if (all.size() + kJoin.size() + name.size() > kNamesMax) break;
    if (!all.empty()) all += kJoin;
    all += name;
  }
  std::ranges::replace_if(all, ascii::is_control, '?');
  return all;
}

}  // namespace p3scan::scan
