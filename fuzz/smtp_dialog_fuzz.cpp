// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "proto/dot.h"
#include "proto/smtp/smtp_dialog.h"

namespace {

using namespace p3scan::proto;

constexpr std::string_view kClientSays[] = {
    "EHLO me\r\n",
    "MAIL FROM:<a@b> SIZE=5\r\n",
    "RCPT TO:<c@d>\r\n",
    "DATA\r\n",
    "text\r\n",
    ".\r\n",
    "BDAT 3\r\n",
    "BDAT 0 LAST\r\n",
    "BDAT 3 LAST\r\n",
    "RSET\r\n",
    "AUTH LOGIN\r\n",
    "am9l\r\n",
    "QUIT\r\n",
    "NOOP\r\n",
    "STARTTLS\r\n",
    "x\n.\ny\r.\r",
    "\r\n",
    "HELO me\r\n",
};
constexpr std::string_view kServerSays[] = {
    "220 mx\r\n",
    "250 ok\r\n",
    "250-mx\r\n250 CHUNKING\r\n",
    "354 go\r\n",
    "334 x\r\n",
    "235 in\r\n",
    "550 no\r\n",
    "421 bye\r\n",
    "221 bye\r\n",
    "250-",
    "250-mx\r\n250 STARTTLS\r\n",
};

/// A minimal engine that holds the dialog to its contract.
class Engine {
 public:
  explicit Engine(smtp::Options options) : dialog_(std::move(options)) {}

  void run() {
    for (int calls = 0; !ended_; ++calls) {
      if (calls > 10000) std::abort();
      if (!step()) return;
    }
  }
  void hear(Side side, std::string_view text) {
    auto& peer = side == Side::client ? client_ : server_;
    if (!peer.closed) peer.text += text;
  }
  void close(Side side) { (side == Side::client ? client_ : server_).closed = true; }
  void tick() { tick_ = in_message_; }
  void fail(MessageError error) {
    if (in_message_) error_ = error;
  }
  void rule(Ruling::Kind kind) {
    if (!scanning_) return;
    scanning_ = false;
    ruled_ = true;
    ruling_.kind = kind;
    ruling_.size = size_;
  }
  bool ended() const { return ended_; }

 private:
  struct Peer {
    std::string text;
    bool closed = false;
  };

  bool step() {
    Inbox in;
    in.client = client_.text;
    in.server = server_.text;
    in.client_closed = client_.closed;
    in.server_closed = server_.closed;
    in.keepalive_due = std::exchange(tick_, false);
    in.message_error = error_;
    in.ruling = ruled_ ? &ruling_ : nullptr;
    Outbox out;
    const auto action = dialog_.resume(in, out);
    if (!out.content.empty() && (!in_message_ || complete_)) std::abort();
    for (const auto piece : out.content) size_ += piece.size();
    check_lines(out.client, true);
    check_lines(out.server, false);
    client_.text.erase(0, client_.text.size() - in.client.size());
    server_.text.erase(0, server_.text.size() - in.server.size());
    return act(action);
  }

  bool act(const Action& action) {
    if (const auto* begin = std::get_if<Begin>(&action)) {
      if (in_message_ || begin->direction != Direction::outgoing) std::abort();
      in_message_ = true;
      complete_ = scanning_ = ruled_ = false;
      error_ = MessageError::none;
      size_ = 0;
    }
    if (std::holds_alternative<Scan>(action)) {
      if (!in_message_ || complete_) std::abort();
      complete_ = scanning_ = true;
      return false;
    }
    if (std::holds_alternative<Deliver>(action)) {
      if (!in_message_ || !ruled_ || ruling_.kind != Ruling::Kind::deliver) std::abort();
      in_message_ = false;
    }
    if (std::holds_alternative<Drop>(action) && !std::exchange(in_message_, false)) std::abort();
    // The engine ends a session with plain text behind the agreement on TLS.
    const bool tls = std::holds_alternative<StartTls>(action);
    if (tls && in_message_) std::abort();
    ended_ = std::holds_alternative<End>(action) || (tls && !(client_.text.empty() && server_.text.empty()));
    return !std::holds_alternative<Wait>(action) && !ended_;
  }

  /// Whole lines without stray octets; the client hears replies only.
  static void check_lines(std::string_view text, bool replies) {
    while (!text.empty()) {
      const auto end = text.find("\r\n");
      if (end == std::string_view::npos) std::abort();
      const auto line = text.substr(0, end);
      text.remove_prefix(end + 2);
      if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) std::abort();
      if (replies && (line.size() < 3 || !p3scan::ascii::is_digit(line[0]))) std::abort();
    }
  }

  smtp::SmtpDialog dialog_;
  Peer client_;
  Peer server_;
  Ruling ruling_;
  MessageError error_ = MessageError::none;
  std::uint64_t size_ = 0;
  bool tick_ = false;
  bool in_message_ = false;
  bool complete_ = false;
  bool scanning_ = false;
  bool ruled_ = false;
  bool ended_ = false;
};

/// One octet of the script, and what it takes with it.
void happen(Engine& engine, std::uint8_t code, std::string_view& rest) {
  const auto argument = code & 0x1fU;
  const auto side = (code & 0x20U) == 0 ? Side::client : Side::server;
  switch (code >> 6U) {
    case 0:
      if (side == Side::client) engine.hear(side, kClientSays[argument % std::size(kClientSays)]);
      if (side == Side::server) engine.hear(side, kServerSays[argument % std::size(kServerSays)]);
      break;
    case 1:
      engine.hear(side, rest.substr(0, argument));
      rest.remove_prefix(std::min<std::size_t>(argument, rest.size()));
      break;
    case 2: engine.rule(static_cast<Ruling::Kind>(argument % 4)); break;
    default:
      if (argument == 0) engine.close(side);
      if (argument == 1) engine.fail(MessageError::too_large);
      if (argument > 1) engine.tick();
      break;
  }
}

}  // namespace

/// Whatever both sides say: the dialog keeps its contract, never runs in circles, and lets only whole lines out.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  std::string_view script(reinterpret_cast<const char*>(data), size);
  smtp::Options options;
  options.maxline = 64;
  options.maxpipeline = 3;
  options.barelf = static_cast<smtp::BareLf>(script[0] & 3 ? script[0] & 1 : 2);
  options.offer_tls = (static_cast<std::uint8_t>(script[0]) & 0x80U) != 0;
  Engine engine(options);
  script.remove_prefix(1);
  engine.run();
  while (!script.empty() && !engine.ended()) {
    const auto code = static_cast<std::uint8_t>(script.front());
    script.remove_prefix(1);
    happen(engine, code, script);
    engine.run();
  }
  engine.close(Side::client);
  engine.close(Side::server);
  engine.run();
  if (!engine.ended()) {  // only a ruling that is missing may keep it
    engine.rule(Ruling::Kind::fail);
    engine.run();
  }
  if (!engine.ended()) std::abort();
  return 0;
}
