// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "proto/pop3/dialog.h"

namespace {

using namespace p3scan::proto;

constexpr int kMostCalls = 5000;  // for one input: more is going round in circles

struct Peer {
  std::string inbox;
  std::string heard;
  bool closed = false;
};

struct Played {
  std::string heard;  // by the client | by the server
  bool raced = false;
};

/// The engine's part as far as a dialog can get it wrong: messages, rulings, consumption.
class Session {
 public:
  explicit Session(pop3::Dialog::Options options) : dialog_(std::move(options)) {}

  void feed(Side side, std::string_view bytes) {
    raced_ = raced_ || !of(side == Side::client ? Side::server : Side::client).inbox.empty();
    of(side).inbox += bytes;
    run(false);
  }
  void tick() { run(in_message_); }
  void break_message() {
    if (in_message_) error_ = MessageError::no_space;
    run(false);
  }
  void rule(Ruling::Kind kind) {
    if (!scanning_) return;
    scanning_ = false;
    ruling_ = Ruling{.kind = kind, .text = "x"};
    has_ruling_ = true;
    run(false);
  }
  void close(Side side) {
    of(side).closed = true;
    run(false);
  }
  bool ended() const { return ended_; }
  /// Did both sides have unread octets at once? Then what is read first depends on the chunks.
  bool raced() const { return raced_; }
  const std::string& heard(Side side) { return of(side).heard; }

 private:
  Peer& of(Side side) { return side == Side::client ? client_ : server_; }

  void run(bool tick) {
    for (int calls = 0; !ended_; ++calls) {
      if (calls > kMostCalls) std::abort();
      if (!step(tick)) return;
      tick = false;
    }
  }

  bool step(bool tick) {
    const auto client = client_.inbox;
    const auto server = server_.inbox;
    Inbox in;
    in.client = client;
    in.server = server;
    in.client_closed = client_.closed;
    in.server_closed = server_.closed;
    in.keepalive_due = tick;
    in.message_error = error_;
    in.early_header = message_.starts_with("From:") && message_.contains("\r\n")
                          ? std::string_view(message_).substr(0, message_.find("\r\n") + 2)
                          : std::string_view();
    in.ruling = has_ruling_ ? &ruling_ : nullptr;
    Outbox out;
    const auto action = dialog_.resume(in, out);
    if (!client.ends_with(in.client) || !server.ends_with(in.server)) std::abort();
    client_.inbox = in.client;
    server_.inbox = in.server;
    if ((!out.content.empty() || !out.lone_dots.empty()) && !in_message_) std::abort();
    for (const auto piece : out.content) message_ += piece;
    client_.heard += out.client;
    server_.heard += out.server;
    return act(action);
  }

  bool act(const Action& action) {
    if (std::holds_alternative<Wait>(action)) return false;
    if (std::holds_alternative<Begin>(action)) {
      if (in_message_) std::abort();
      in_message_ = true;
      has_ruling_ = false;
      error_ = MessageError::none;
      message_.clear();
    } else if (std::holds_alternative<Scan>(action)) {
      if (!in_message_ || scanning_) std::abort();
      scanning_ = true;
      return false;
    } else if (std::holds_alternative<Deliver>(action)) {
      if (!in_message_ || !has_ruling_ || error_ != MessageError::none) std::abort();
      if (ruling_.kind != Ruling::Kind::deliver && ruling_.kind != Ruling::Kind::replace) std::abort();
      if (std::get<Deliver>(action).from > message_.size()) std::abort();
      in_message_ = false;
    } else if (std::holds_alternative<Drop>(action)) {
      if (!in_message_) std::abort();
      in_message_ = scanning_ = false;
    } else if (std::holds_alternative<StartTls>(action)) {
      if (in_message_) std::abort();
      raced_ = true;  // what is plain text behind the agreement, and what TLS, depends on the chunks
      ended_ = !client_.inbox.empty() || !server_.inbox.empty();
    } else if (std::holds_alternative<End>(action)) {
      ended_ = true;
    }
    return true;
  }

  pop3::Dialog dialog_;
  Peer client_;
  Peer server_;
  std::string message_;
  Ruling ruling_;
  MessageError error_ = MessageError::none;
  bool has_ruling_ = false;
  bool in_message_ = false;
  bool scanning_ = false;
  bool ended_ = false;
  bool raced_ = false;
};

/// Runs the events of `text`, which \x1e ends: > and what the client says, < and what the server says (both in chunks
/// of `step` octets), t for a tick, e for a message that can't be kept, anything else for a ruling.
Played play(std::string_view text, std::size_t step, std::uint8_t flags) {
  Session session({.maxline = 64, .maxpipeline = 4, .useurl = (flags & 1U) != 0, .offer_tls = (flags & 0x80U) != 0});
  session.tick();  // some words are due before anybody spoke
  while (!text.empty() && !session.ended()) {
    const auto event = text.substr(0, text.find('\x1e'));
    text.remove_prefix(std::min(event.size() + 1, text.size()));
    if (event.empty()) continue;
    const auto side = event[0] == '>' ? Side::client : Side::server;
    if (event[0] == '>' || event[0] == '<') {
      for (std::size_t at = 1; at < event.size(); at += step) session.feed(side, event.substr(at, step));
    } else if (event[0] == 't') {
      session.tick();
    } else if (event[0] == 'e') {
      session.break_message();
    } else {
      session.rule(static_cast<Ruling::Kind>(static_cast<unsigned>(event[0]) % 4));
    }
  }
  session.rule(Ruling::Kind::replace);
  session.close(Side::server);
  session.rule(Ruling::Kind::fail);
  session.close(Side::client);
  session.rule(Ruling::Kind::fail);
  if (!session.ended()) std::abort();
  return {session.heard(Side::client) + "|" + session.heard(Side::server), session.raced()};
}

}  // namespace

/// Any conversation ends when its peers do, keeps the engine's contract, and says the same in every chunking.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = play(text, size, data[0]);
  const auto chunked = play(text, 1 + (data[0] >> 1U) % 5, data[0]);
  if (!whole.raced && !chunked.raced && chunked.heard != whole.heard) std::abort();
  return 0;
}
