// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/avpd_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ascii.h"
#include "scan/printed.h"

namespace p3scan::scan {
namespace {

constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::size_t kHead = 2;
constexpr unsigned kTextFollows = 1;
constexpr unsigned kNumberFollows = 2;
constexpr std::size_t kNarrow = 4;
constexpr std::size_t kWide = 8;

enum class Kind : std::uint8_t { clean, infected, unscannable, failed };
struct Meaning {
  int code;
  Kind kind;
  std::string_view says;
};
constexpr std::array kMeanings = {
    Meaning{0, Kind::clean, ""},
    Meaning{1, Kind::failed, "the scan did not finish"},
    Meaning{2, Kind::infected, "a modified or damaged virus"},
    Meaning{3, Kind::infected, "suspicious"},
    Meaning{4, Kind::infected, "a known virus"},
    Meaning{5, Kind::infected, "disinfected"},
    Meaning{6, Kind::infected, "deleted"},
    Meaning{7, Kind::failed, "the scanner is damaged"},
    Meaning{8, Kind::unscannable, "a corrupted object"},
    Meaning{0xf, Kind::failed, "asks what to do with an infected object"},
};

std::uint64_t number(std::string_view octets, std::endian order) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const auto at = order == std::endian::big ? i : octets.size() - 1 - i;
    value = value << 8U | static_cast<unsigned char>(octets[at]);
  }
  return value;
}

struct Text {
  bool whole = false;
  bool nonsense = false;
  std::string_view text;
};

Text take_text(std::string_view rest, std::size_t width, std::size_t skipped, std::endian order) {
  if (rest.size() < (skipped + 1) * width) return {};
  const auto length = number(rest.substr(skipped * width, width), order);
  if (length > kAvpdReplyMax) return {.whole = true, .nonsense = true, .text = {}};
  rest.remove_prefix((skipped + 1) * width);
  return {.whole = rest.size() >= length, .nonsense = false, .text = rest.substr(0, length)};
}

/// The text behind the two octets, with integers of either size.
Text find_text(std::string_view rest, unsigned flags, std::endian order) {
  const std::size_t skipped = (flags & kNumberFollows) != 0 ? 1 : 0;
  if ((flags & kTextFollows) == 0) return {.whole = rest.size() >= skipped * kNarrow, .nonsense = false, .text = {}};
  const auto behind = (skipped + 1) * kNarrow;
  if (rest.size() < behind) return {};
  const auto narrow = number(rest.substr(behind - kNarrow, kNarrow), order);
  if (narrow == 0 && skipped == 0 && order == std::endian::little)
    return {.whole = true, .nonsense = false, .text = {}};
  if (narrow == 0 || narrow > kAvpdReplyMax) return take_text(rest, kWide, skipped, order);
  if (rest.size() == behind) return {};
  return take_text(rest, rest[behind] == '\0' ? kWide : kNarrow, skipped, order);
}

Verdict verdict_of(int code, const AvpdQuestion& question, std::string_view text) {
  const auto* const meaning = std::ranges::find(kMeanings, code, &Meaning::code);
  if (meaning == kMeanings.end()) return Failed{fmt::format("{}: internal error {:#x}", question.engine, code)};
  switch (meaning->kind) {
    case Kind::clean:
      if (text.find("infected:") == std::string_view::npos) return Clean{};
      return Failed{fmt::format("{}: contradicts itself: {}", question.engine, printed(text))};
    case Kind::infected:
      return Infected{.name = kaspersky_virus_name(text, question.path), .engine = std::string(question.engine)};
    case Kind::unscannable: return Unscannable{fmt::format("{}: {}", question.engine, meaning->says)};
    case Kind::failed: break;
  }
  return Failed{fmt::format("{}: {}", question.engine, meaning->says)};
}

bool is_word(char c) { return ascii::is_digit(c) || (ascii::upper(c) >= 'A' && ascii::upper(c) <= 'Z'); }

}  // namespace

std::string avpd_request(std::string_view path, const std::tm& when) {
  const auto month = static_cast<std::size_t>(std::clamp(when.tm_mon, 0, 11));
  auto out = fmt::format("<0>{} {:02} {:02}:{:02}:{:02}:{}", kMonths.at(month), when.tm_mday, when.tm_hour, when.tm_min,
                         when.tm_sec, path);
  out += '\0';
  return out;
}

std::optional<Verdict> decode_avpd_reply(std::string_view octets, const AvpdQuestion& question, bool ended) {
  const auto incomplete = [&]() -> std::optional<Verdict> {
    if (!ended) return std::nullopt;
    return Failed{fmt::format("{}: the reply is incomplete", question.engine)};
  };
  if (octets.size() < kHead) return incomplete();
  const auto head = number(octets.substr(0, kHead), question.order);
  const auto code = static_cast<int>(head & 0xffU) - '0';
  const auto found = find_text(octets.substr(kHead), static_cast<unsigned>(head >> 8U), question.order);
  const bool infected = std::holds_alternative<Infected>(verdict_of(code, question, {}));
  if (found.whole && !found.nonsense) return verdict_of(code, question, found.text);
  // Of a virus nothing but its name is missing.
  if (infected && (ended || found.nonsense || octets.size() >= kAvpdReplyMax)) return verdict_of(code, question, {});
  if (found.nonsense || octets.size() >= kAvpdReplyMax) {
    return Failed{fmt::format("{}: the reply is nonsense", question.engine)};
  }
  return incomplete();
}

std::string kaspersky_virus_name(std::string_view text, std::string_view path) {
  text = text.substr(0, text.find_first_of(std::string_view("\r\n\0", 3)));
  if (text.starts_with(path)) text.remove_prefix(path.size());
  text = ascii::trim(text);
  const auto* const end = std::ranges::find_if_not(text, is_word);
  const auto word = static_cast<std::size_t>(end - text.begin());
  if (word > 0 && word < text.size() && text[word] == ':') text.remove_prefix(word + 1);
  text = ascii::trim(text);
  return text.empty() ? std::string(kUnnamedVirus) : printed(text);
}

}  // namespace p3scan::scan
