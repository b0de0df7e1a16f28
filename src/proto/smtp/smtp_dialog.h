// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/dialog.h"
#include "proto/dot.h"
#include "proto/line.h"
#include "proto/smtp/command.h"
#include "proto/smtp/line_ends.h"
#include "proto/smtp/reply.h"
#include "proto/smtp/sasl_name.h"

namespace p3scan::proto::smtp {

struct Options {
  std::size_t maxline = 65536;     // octets of a command line, of a reply line and of a whole reply
  std::size_t maxpipeline = 1000;  // commands without their reply
  BareLf barelf = BareLf::normalize;
  std::uint64_t checksize = 0;      // KB; a mail announced larger passes unlooked at, 0 = every mail is scanned
  std::uint64_t maxmessage = 0;     // octets; what SIZE promises at most, 0 = no limit
  std::string hostname = "p3scan";  // who speaks when the server can't: in our own 421 replies
  bool offer_tls = false;           // STARTTLS may pass, if the server offers it (RFC 3207)
};

/// SMTP between a client and its server (RFC 5321; PIPELINING 2920, SIZE 1870, 8BITMIME 6152, SMTPUTF8 6531, DSN 3461,
/// enhanced codes 2034, AUTH 4954, CHUNKING 3030).
///
/// Commands go to the server as they come and its replies come back in order; a queue knows which reply belongs to
/// what. The exceptions are DATA and BDAT: the gateway takes the message itself, nothing of it reaches the server
/// before the ruling, and the client is told what the server says to it in the end. A refused message costs the server
/// a RSET and the session goes on. Whatever would blind the gateway is hidden and refused; so is STARTTLS, unless both
/// sides go over to TLS together. What was said before that is forgotten then: the client begins with EHLO again.
///
/// DATA, BDAT, STARTTLS and QUIT wait until all earlier commands have their reply; after AUTH and QUIT, and behind a message,
/// no further command is read until that is answered.
class SmtpDialog final : public Dialog {
 public:
  explicit SmtpDialog(Options options);
  Action resume(Inbox& in, Outbox& out) override;

 private:
  enum class Phase {
    command,   // reading commands
    blocked,   // until all replies are in: greeting, AUTH, DATA put to the server
    sasl,      // the next line answers a challenge
    data,      // taking a message up to its dot
    chunk,     // taking the octets of a BDAT
    scanning,  // the message is complete, the ruling isn't there
    sending,   // the server has it, or is about to
    quitting,  // after QUIT
  };
  /// What the server owes us a reply to.
  enum class Kind {
    greeting,
    ehlo,
    helo,
    mail,
    rcpt,
    rset,
    auth,
    starttls,
    quit,
    other,
    data_asked,  // DATA of a client without accepted recipients
    data_sent,   // DATA for a message that may pass
    message,     // the end of a message
    own_noop,
    own_rset,  // our own commands: the client never sees the reply
  };
  struct Expected {
    Kind kind;
    bool unscanned = false;   // mail: announced too large to be looked at
    bool binary = false;      // mail
    std::string sender = {};  // mail
    std::string then = {};    // our own replies to the commands behind this one
    std::size_t held = 0;     // how many
    [[nodiscard]] bool own() const { return kind == Kind::own_noop || kind == Kind::own_rset; }
  };
  struct Transaction {
    std::size_t accepted = 0;  // recipients
    bool unscanned = false;
    bool binary = false;
    bool chunks = false;  // a BDAT was accepted
    bool failed = false;  // a chunk was not: nothing but errors until MAIL or RSET
  };
  using Next = std::optional<Action>;

  // server.cpp: what the server says
  Next read_server(Inbox& in, Outbox& out);
  Next on_reply(const Reply& reply, Outbox& out);
  Next on_answer(const Expected& to, const Reply& reply, Outbox& out);
  Next on_transaction_answer(const Expected& to, const Reply& reply);
  Next on_data_answer(const Expected& to, const Reply& reply, Outbox& out);
  Next on_tls_answer(const Expected& to, const Reply& reply, Outbox& out);
  Next on_closing_reply(const Reply& reply, Outbox& out);
  Next on_server_closed(Outbox& out);
  Next lose(Outcome outcome, std::string_view why, std::string text, Outbox& out);
  void relay(const Expected& to, std::string_view text, Outbox& out);
  void expect(Expected entry);
  void ask(Kind kind, std::string_view line, Outbox& out);
  void say(std::string_view reply, Outbox& out);
  [[nodiscard]] std::string service_lost() const;
  [[nodiscard]] bool in_message() const;
  [[nodiscard]] bool in_step() const { return expected_.size() == visible_; }

  // client.cpp: what the client says
  Next read_client(Inbox& in, Outbox& out);
  Next read_commands(Inbox& in, Outbox& out);
  Next on_line(std::string_view line, const Command& command, Outbox& out);
  Next on_mail(std::string_view line, const Command& command, Outbox& out);
  Next on_reset(Kind kind, std::string_view line, Outbox& out);
  Next on_data(const Command& command, Outbox& out);
  Next on_bdat(const Command& command, Outbox& out);
  Next on_starttls(const Command& command, Outbox& out);
  Next read_sasl(Inbox& in, Outbox& out);
  [[nodiscard]] bool room(const Outbox& out) const;
  [[nodiscard]] bool must_wait(Verb verb) const;

  // message.cpp: the message on its way
  Next begin(BareLf mode, Transport transport);
  Next read_data(Inbox& in, Outbox& out);
  Next read_chunk(Inbox& in, Outbox& out);
  bool read_slice(std::string_view& client, Outbox& out);
  bool keep(std::string_view piece, Outbox& out);
  bool close_text(Outbox& out);
  Next refuse_message(std::string reply);
  Next end_refused(Outbox& out);
  Next end_chunk(const Inbox& in, Outbox& out);
  Next fail_chunks(Outbox& out);
  Next await_ruling(Inbox& in, Outbox& out);
  Next on_ruling(const Ruling& ruling, Outbox& out);
  void keep_server_awake(Outbox& out);
  Action scan(const Inbox& in);
  void end_transaction();
  Action deliver(Framing framing);
  Action drop_message();

  Options options_;
  Phase phase_ = Phase::blocked;
  LineReader lines_;
  ReplyParser replies_;
  std::list<Expected> expected_;  // oldest first; an empty std::deque would take half a KiB of an idle session
  std::size_t visible_ = 0;       // entries of expected_ that the client waits for
  std::size_t held_ = 0;          // our own replies that wait behind them
  Transaction mail_;
  SaslName sasl_;
  bool chunking_ = false;     // offered by the last EHLO
  bool tls_offered_ = false;  // by the last EHLO
  bool inside_tls_ = false;
  bool authenticated_ = false;
  bool server_in_data_ = false;  // the server gave 354 before the message was here
  bool noop_pending_ = false;
  bool keepalive_ = false;
  bool said_421_ = false;  // the server has taken leave, and the client knows

  DotReader dots_;
  LineEnds line_ends_{BareLf::normalize, Transport::dotted};
  bool holding_ = false;  // the engine has a message of ours that is neither delivered nor dropped
  std::string refusal_;   // the reply to the message or chunk that is being swallowed
  Chunk chunk_;
  std::uint64_t chunk_left_ = 0;
  std::optional<End> lost_;  // the server is gone; swallow, say refusal_, and end like this
};

}  // namespace p3scan::proto::smtp
