// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/signer.h"

#include <cstdlib>

#include "authority/signer.h"
#include "base/packet_socket.h"
#include "worker/sandbox.h"

namespace p3scan::app {
namespace {

/// Beyond what is in use when the keys are read.
constexpr std::uint64_t kMemory = std::uint64_t{64} << 20;

}  // namespace

int run_signer(SignerStart start) {
  const auto issuers = authority::load(start.files);
  if (!issuers) {
    start.log.error("The CA is no use: {}", issuers.error());
    return EXIT_FAILURE;
  }
  start.files = {};
  if (const auto closed = worker::enter_sandbox({.directory = {}, .memory = kMemory, .file_size = 0}); !closed) {
    start.log.error("The signer could not be locked in: {}", closed.error());
    return EXIT_FAILURE;
  }
  const auto witness = [&](const std::string& line) { send_packet(start.control.get(), line); };
  return authority::serve(start.gateway.get(), *issuers, witness);
}

}  // namespace p3scan::app
