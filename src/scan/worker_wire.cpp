// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/worker_wire.h"

#include "base/ascii.h"

namespace p3scan::scan {
namespace {

constexpr std::string_view kWord = "worker ";

}  // namespace

std::string encode_announcement(const WorkerAnnouncement& announcement) {
  return std::string(kWord) + std::to_string(announcement.generation) + ' ' + std::to_string(announcement.pid);
}

std::optional<WorkerAnnouncement> decode_announcement(std::string_view packet) {
  if (!packet.starts_with(kWord) || packet.size() > kAnnouncementMax) return std::nullopt;
  packet.remove_prefix(kWord.size());
  const auto blank = packet.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto generation = ascii::number<std::uint64_t>(packet.substr(0, blank));
  const auto pid = ascii::number<std::int32_t>(packet.substr(blank + 1));
  if (!generation || !pid || *pid <= 0) return std::nullopt;
  return WorkerAnnouncement{.generation = *generation, .pid = *pid};
}

}  // namespace p3scan::scan
