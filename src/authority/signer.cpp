// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/signer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "authority/certificate.h"
#include "authority/packets.h"
#include "authority/wire.h"

namespace p3scan::authority {
namespace {

std::int64_t now_in_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

/// The names are checked; a subject's text is not fit to be shown.
std::string whom_for(const LeafFields& fields) {
  if (fields.names.empty()) return "a server without names";
  const auto more = fields.names.size() - 1;
  return more == 0 ? fields.names.front() : fmt::format("{} and {} more", fields.names.front(), more);
}

Answer answer_to(const Request& request, const Issuers& issuers, const Witness& witness) {
  const bool trusted = request.fields.trusted;
  auto leaf = mint(trusted ? issuers.trusted : issuers.untrusted, request.fields, now_in_seconds());
  if (!leaf) return {.number = request.number, .kind = Answered::refused, .text = std::move(leaf.error())};
  witness(fmt::format("{} certificate for {}", trusted ? "trusted" : "untrusted", whom_for(request.fields)));
  return {.number = request.number, .kind = Answered::certificate, .text = std::move(*leaf)};
}

}  // namespace

bool TokenBucket::take(Clock::time_point now) {
  const std::chrono::duration<double> since = now - last_;
  last_ = now;
  tokens_ = std::min<double>(limits_.burst, tokens_ + (since.count() * limits_.per_second));
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

int serve(int socket, const Issuers& issuers, const Witness& witness, SignerLimits limits) {
  const Greeting greeting{.trusted = to_der(issuers.trusted.certificate.get()),
                          .untrusted = to_der(issuers.untrusted.certificate.get())};
  if (send_wire(socket, encode_greeting(greeting), true) != Sent::yes) return EXIT_SUCCESS;
  TokenBucket bucket(limits, TokenBucket::Clock::now());
  while (const auto packet = receive_wire(socket, true)) {
    if (packet->empty()) return EXIT_SUCCESS;
    const auto request = decode_request(*packet);
    if (!request) return EXIT_FAILURE;
    const auto answer = bucket.take(TokenBucket::Clock::now())
                            ? answer_to(*request, issuers, witness)
                            : Answer{.number = request->number, .kind = Answered::busy, .text = {}};
    if (send_wire(socket, encode_answer(answer), true) != Sent::yes) return EXIT_SUCCESS;
  }
  return EXIT_FAILURE;
}

}  // namespace p3scan::authority
