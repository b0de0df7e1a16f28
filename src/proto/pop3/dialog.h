// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <limits>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "proto/dialog.h"
#include "proto/dot.h"
#include "proto/line.h"
#include "proto/pop3/command.h"
#include "proto/pop3/sasl.h"

namespace p3scan::proto::pop3 {

/// One POP3 session between a client and its server (RFC 1939, 2449, 1734, 5034, 6856), with every message scanned.
///
/// Commands go on as they are, but for their line end, in any number at once; a queue knows the reply that each will
/// get. What fits none of the expected replies is never passed on: the session ends as protocol_error. So is a bare CR
/// or LF or a NUL outside of messages: two readings of where a line ends would let a server smuggle a message past us.
///
/// RETR and TOP: the server's +OK is held. Its message is scanned and delivered, replaced, or answered with -ERR.
/// TOP shows a part of a message; that part is what is scanned, like a message of its own: shown is only what was
/// scanned, whatever the rest would be. The rest is scanned when it is fetched.
///
/// Keep-alive, each time the interval passes: the held +OK and the first header field, then one more field (with its
/// folded lines), then, when there is none that may go, an X-P3Scan line. From the first on a failure can only cut
/// the connection. The server gets NOOP when it owes no reply.
///
/// STLS goes to the server once it owes no other reply; if it agrees, both sides go over to TLS together.
///
/// Limits: Options. Ownership: no view outlives a call. Passwords are looked at by nobody.
class Dialog final : public proto::Dialog {
 public:
  struct Options {
    std::size_t maxline = 65536;     // octets of a command, reply or SASL line with its end
    std::size_t maxpipeline = 1000;  // replies owed to the client; more commands wait
    bool useurl = false;             // the client's USER name#host:port tells the server; we greet
    std::string product = "P3Scan";  // in our own words to the client
    bool offer_tls = false;          // STLS may pass, if the server offers it (RFC 2595)
  };

  explicit Dialog(Options options);

  Action resume(Inbox& in, Outbox& out) override;
  void during_delivery(Outbox& out) override { wake_server(out); }

 private:
  using Step = std::optional<Action>;  // nothing: go on

  enum class Reply { single_line, multi_line, capabilities, message, sasl, stls, noop, url_greeting, ours };
  struct Expected {
    Reply reply;
    std::string text = {};  // ours: the whole reply
  };
  enum class Phase {
    relaying,
    url_login,       // we are the server until USER names another
    url_connect,     // the user name was told, Connect comes next
    url_connecting,  // until the server's greeting
  };
  enum class Sasl { none, server_turn, client_turn };
  enum class Tls {
    hidden,
    offered,
    wanted,  // the client has asked: its STLS waits for earlier replies
    asked,   // the server has been asked
    inside,
  };

  /// The message that is on its way; there is one at a time.
  struct Fetch {
    enum class State { none, reading, complete, scanning, swallowing };
    State state = State::none;
    std::string status = {};                                                // the server's +OK line
    bool committed = false;                                                 // status has been sent
    std::uint64_t early_sent = 0;                                           // octets of the message that the client has
    std::uint64_t early_limit = std::numeric_limits<std::uint64_t>::max();  // no early octets from here on
    std::string error = {};                                                 // swallowing: the reply
  };

  Step take_commands(Inbox& in, Outbox& out);
  bool may_take_command() const;
  Step on_line(std::string_view line, Outbox& out);
  Step on_long_line(Outbox& out);
  Step on_sasl_line(std::string_view line, Outbox& out);
  Step on_url_line(std::string_view line);
  Step on_auth(std::string_view arguments);
  static Step login(std::string_view user);
  Step on_stls(const Command& command);
  Step on_stls_answer(bool ok, std::string_view line, Outbox& out);
  void ask_for_tls(Outbox& out);
  void expect(ReplyShape shape);
  void answer(std::string text);
  void refuse(std::string_view why);

  Step take_replies(Inbox& in, Outbox& out);
  Step unasked(const Inbox& in) const;
  Step on_status(std::string_view line, Outbox& out);
  Step on_url_greeting(bool ok, std::string_view line, Outbox& out);
  Step on_listing_line(std::string_view line, Outbox& out);
  bool server_owes() const;

  Step go_on_with_message(Inbox& in, Outbox& out);
  Step read_message(Inbox& in, Outbox& out);
  Step decide(const Inbox& in, Outbox& out);
  Step give_up(std::string_view reply, Outbox& out);
  Step swallow(Inbox& in, Outbox& out);
  void keep_alive(const Inbox& in, Outbox& out);
  void wake_server(Outbox& out);
  void send_early(const Inbox& in, Outbox& out);

  Action rest(const Inbox& in, Outbox& out);

  Options options_;
  LineReader client_lines_;
  DotReader dots_;
  std::list<Expected> expected_;  // oldest first; an empty std::deque would take half a KiB of an idle session
  Phase phase_;
  Fetch fetch_;
  Sasl sasl_ = Sasl::none;
  Tls tls_;
  Mechanism mechanism_ = Mechanism::other;
  bool first_response_ = false;  // the next SASL line may hold the user name
  bool listing_ = false;         // inside a multi-line reply
  bool quit_ = false;
  std::string url_user_;
  std::string url_host_;
  std::uint16_t url_port_ = 0;
};

}  // namespace p3scan::proto::pop3
