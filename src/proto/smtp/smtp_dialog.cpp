// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/smtp/smtp_dialog.h"

#include <utility>

namespace p3scan::proto::smtp {

SmtpDialog::SmtpDialog(Options options)
    : options_(std::move(options)), lines_(LineEnd::crlf_or_lf, options_.maxline), replies_(options_.maxline) {
  expect({.kind = Kind::greeting});
}

Action SmtpDialog::resume(Inbox& in, Outbox& out) {
  keepalive_ |= in.keepalive_due;
  if (auto next = read_server(in, out)) return *std::move(next);
  if (holding_ && keepalive_) keep_server_awake(out);
  keepalive_ = false;
  if (phase_ == Phase::scanning) {
    if (auto next = await_ruling(in, out)) return *std::move(next);
  }
  if (auto next = read_client(in, out)) return *std::move(next);
  if (!in.client_closed) return Wait{};
  // The client says no more. What it has asked for is finished first; a message without its end never was asked for.
  const bool idle = phase_ == Phase::command && expected_.empty();
  // Who does not wait for the reply to it, not even with a QUIT behind it, is gone and will send it again.
  const bool unawaited = phase_ == Phase::scanning && in.client.empty();
  const bool broken_off = phase_ == Phase::sasl || phase_ == Phase::data || phase_ == Phase::chunk || unawaited;
  if (idle || broken_off) return End{Outcome::client_gone};
  return Wait{};
}

}  // namespace p3scan::proto::smtp
