// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/dialog.h"

#include <utility>

namespace p3scan::imap {

using proto::End;
using proto::Outcome;

Dialog::Dialog(Options options)
    : options_(std::move(options)),
      client_(options_.maxline),
      server_(options_.maxresponse),
      tls_(options_.tls),
      kept_(options_.kept) {}

proto::Action Dialog::resume(proto::Inbox& in, proto::Outbox& out) {
  if (in.keepalive_due) keep_alive(out);
  for (;;) {
    const auto unread = in.client.size() + in.server.size();
    moved_ = false;
    if (auto step = advance(in, out)) return *std::move(step);
    if (in.client.size() + in.server.size() == unread && !moved_) return rest(in, out);
  }
}

/// The next thing that somebody said, or that is due.
Dialog::Step Dialog::advance(proto::Inbox& in, proto::Outbox& out) {
  const auto unread = in.server.size();
  if (auto step = forget()) return step;
  if (auto step = go_on(in, out)) return step;
  // The server first: what it says can't be the answer to what it has not been told yet.
  if (auto step = take_responses(in, out)) return step;
  return moved_ || in.server.size() != unread ? std::nullopt : take_commands(in, out);
}

/// What the engine keeps and nobody will ask for.
Dialog::Step Dialog::forget() {
  if (const auto id = kept_.take_superfluous()) return proto::Forget{*id};
  if (forgotten_.empty()) return std::nullopt;
  const auto id = forgotten_.back();
  forgotten_.pop_back();
  return proto::Forget{id};
}

/// What is due without a word from anybody.
Dialog::Step Dialog::go_on(proto::Inbox& in, proto::Outbox& out) {
  if (held_ && sent_.empty()) {
    auto command = std::exchange(held_, std::nullopt);
    const auto handling = handling_of(*command);
    moved_ = true;
    if (auto step = start(*std::move(command), handling, out)) return step;
  }
  if (fetch_) {
    if (auto step = go_on_fetching(in, out)) return step;
  }
  return append_ ? go_on_appending(in, out) : std::nullopt;
}

/// Only while a message is awaited or looked at, and never inside of something else.
void Dialog::keep_alive(proto::Outbox& out) {
  const bool fetching = fetch_ && (fetch_->state == Fetch::State::reading || fetch_->state == Fetch::State::scanning);
  const bool appending = append_ && append_->state == Append::State::scanning;
  if ((fetching || appending) && !inside_) out.client += "* OK Still checking a message\r\n";
}

/// Nothing is left to take: end or wait.
proto::Action Dialog::rest(const proto::Inbox& in, proto::Outbox& out) {
  if (logged_out_ && sent_.empty()) return End{Outcome::finished};
  if (in.server_closed && in.server.empty() && (!is_scanning() || in.client_closed)) {
    if (!bye_ && !inside_) out.client += "* BYE The mail server is gone\r\n";
    return End{Outcome::server_gone};
  }
  if (in.client_closed && in.client.empty() && !is_owed()) return End{Outcome::client_gone};
  return proto::Wait{};
}

bool Dialog::is_scanning() const {
  return (fetch_ && fetch_->state == Fetch::State::scanning) || (append_ && append_->state == Append::State::scanning);
}

/// Does a client that will say nothing more wait for answers?
bool Dialog::is_owed() const {
  const bool replies = !sent_.empty() && sasl_ != Sasl::client_turn && idle_ != Idle::idling && !fetch_;
  return replies || held_ || (append_ && append_->state >= Append::State::sending);
}

}  // namespace p3scan::imap
