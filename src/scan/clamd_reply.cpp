// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/clamd_reply.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "scan/alert.h"

namespace p3scan::scan {
namespace {

using namespace std::string_view_literals;

constexpr auto kEngine = "clamd"sv;
constexpr auto kStream = "stream: "sv;
constexpr auto kFound = " FOUND"sv;
constexpr auto kError = " ERROR"sv;
constexpr std::size_t kShown = 200;  // octets of a reply in a reason

/// Errors that say that the message is too much, not that clamd is in trouble.
constexpr std::array kLimits = {"size limit exceeded"sv, "Time limit reached"sv, "recursion limit exceeded"sv,
                                "Recursion limit exceeded"sv, "Maximum"sv};

std::string with(std::string_view what, std::string_view text) {
  std::string out(what);
  out += text.substr(0, kShown);
  return out;
}

Verdict nonsense(std::string_view reply) { return Failed{with("clamd: unexpected reply: ", reply)}; }

/// Takes "NUMBER: " off the front if it is this number.
bool take_id(std::string_view& reply, std::uint32_t id) {
  if (id == 0) return true;
  const auto colon = reply.find(": ");
  if (colon == std::string_view::npos) return false;
  if (ascii::number<std::uint32_t>(reply.substr(0, colon)) != id) return false;
  reply.remove_prefix(colon + 2);
  return true;
}

Verdict verdict_of_error(std::string_view text) {
  const auto occurs = [text](std::string_view limit) { return text.find(limit) != std::string_view::npos; };
  if (std::ranges::any_of(kLimits, occurs)) return Unscannable{with("over a limit: clamd: ", text)};
  return Failed{with("clamd: ", text)};
}

/// Without "(md5:size)", which ExtendedDetectionInfo adds.
std::string_view without_details(std::string_view name) {
  if (!name.ends_with(')')) return name;
  const auto open = name.rfind('(');
  if (open == std::string_view::npos || open == 0) return name;
  return name.substr(open).find(':') == std::string_view::npos ? name : name.substr(0, open);
}

}  // namespace

Verdict decode_clamd_reply(std::string_view reply, std::uint32_t id) {
  const auto whole = reply;
  if (reply.size() >= kClamdReplyMax || !take_id(reply, id)) return nonsense(whole);
  if (reply.ends_with(kError)) {
    reply.remove_suffix(kError.size());
    if (reply.starts_with(kStream)) reply.remove_prefix(kStream.size());
    return verdict_of_error(reply);
  }
  if (!reply.starts_with(kStream)) return nonsense(whole);
  reply.remove_prefix(kStream.size());
  if (reply == "OK") return Clean{};
  if (!reply.ends_with(kFound)) return nonsense(whole);
  reply.remove_suffix(kFound.size());
  return verdict_of_alert(without_details(ascii::trim(reply)), kEngine);
}

}  // namespace p3scan::scan
