// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What the gateway and the processes that run libclamav say to each other. All sockets are SOCK_SEQPACKET, so a
// packet is a message and never comes in parts.
//
// loader -> gateway, on the announcement socket, once for every worker that is ready for jobs:
//   "worker GENERATION PID" with SCM_RIGHTS {job socket, pidfd of the worker}. GENERATION counts database loads; the
//   gateway closes the job sockets of older generations as soon as they are idle.
// gateway -> worker, on the job socket: kWorkerJob with SCM_RIGHTS {descriptor of the message, not to be written}.
// worker -> gateway: one packet of worker_reply.h. Then the next job may follow.
// The worker exits when its job socket is closed; the gateway kills it by the pidfd when a job is given up.
namespace p3scan::scan {

inline constexpr std::string_view kWorkerJob = "scan";
inline constexpr std::size_t kWorkerJobDescriptors = 1;
inline constexpr std::size_t kAnnouncementDescriptors = 2;  // job socket first, then pidfd
inline constexpr std::size_t kAnnouncementMax = 64;         // octets

struct WorkerAnnouncement {
  std::uint64_t generation = 0;
  std::int32_t pid = 0;
  bool operator==(const WorkerAnnouncement&) const = default;
};

std::string encode_announcement(const WorkerAnnouncement& announcement);
/// Nothing for any other text.
std::optional<WorkerAnnouncement> decode_announcement(std::string_view packet);

}  // namespace p3scan::scan
