// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/worker_reply.h"

#include <algorithm>

#include "base/ascii.h"

namespace p3scan::scan {
namespace {

struct Writer {
  static std::string with(std::string_view kind, std::string_view text) {
    std::string out(kind);
    if (text.empty()) text = "?";
    out += text.substr(0, kWorkerReplyMax - kind.size());
    std::ranges::replace_if(out, ascii::is_control, '?');
    return out;
  }
  std::string operator()(const Clean&) const { return "clean"; }
  std::string operator()(const Infected& v) const { return with("infected ", v.name); }
  std::string operator()(const Unscannable& v) const { return with("unscannable ", v.reason); }
  std::string operator()(const Failed& v) const { return with("failed ", v.reason); }
};

/// The text after `kind`, or nothing if the packet is of another kind or has no text.
std::string_view rest_after(std::string_view packet, std::string_view kind) {
  return packet.starts_with(kind) ? packet.substr(kind.size()) : std::string_view();
}

}  // namespace

std::string encode_worker_reply(const Verdict& verdict) { return std::visit(Writer{}, verdict); }

Verdict decode_worker_reply(std::string_view packet, std::string_view engine) {
  if (packet == "clean") return Clean{};
  if (packet.size() > kWorkerReplyMax) return Failed{std::string(engine) + ": over-long answer of the scanner process"};
  if (const auto name = rest_after(packet, "infected "); !name.empty()) {
    return Infected{.name = std::string(name), .engine = std::string(engine)};
  }
  if (const auto why = rest_after(packet, "unscannable "); !why.empty()) return Unscannable{std::string(why)};
  if (const auto why = rest_after(packet, "failed "); !why.empty()) return Failed{std::string(why)};
  return Failed{std::string(engine) + ": the scanner process gave no proper answer"};
}

}  // namespace p3scan::scan
