// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/worker.h"

#include <unistd.h>

#include <cstdlib>

#include "base/packet_socket.h"
#include "scan/worker_reply.h"
#include "scan/worker_wire.h"

namespace p3scan::worker {

int serve(int socket, const ScanFunction& scan, std::chrono::seconds longest) {
  while (auto job = receive_packet(socket, Wait::yes)) {
    if (job->text.empty()) return EXIT_SUCCESS;
    if (job->text != scan::kWorkerJob || job->fds.size() != 1) return EXIT_FAILURE;
    ::alarm(static_cast<unsigned>(longest.count()));
    const auto verdict = scan(job->fds.front().get());
    ::alarm(0);
    job->fds.clear();
    if (!send_packet(socket, scan::encode_worker_reply(verdict), {}, Wait::yes)) return EXIT_SUCCESS;
  }
  return EXIT_FAILURE;
}

}  // namespace p3scan::worker
