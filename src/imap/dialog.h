// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/append.h"
#include "imap/changed_messages.h"
#include "imap/command_reader.h"
#include "imap/command_table.h"
#include "imap/fetch.h"
#include "imap/header_only.h"
#include "imap/kept_messages.h"
#include "imap/response_reader.h"
#include "proto/dialog.h"
#include "proto/pop3/sasl.h"

namespace p3scan::imap {

/// One IMAP session between a client and its server (RFC 3501, 9051), with every message scanned that passes.
///
/// Commands and responses are relayed, in any number at once; a queue knows whose tags are out. What carries content of
/// a message is answered from the inspected message:
///  - FETCH of content goes to the server as BODY.PEEK[] in place of all such items. Each message is inspected, and the
///    client's items are cut from the decided version; a message that may not pass is left out, and the command ends in
///    NO. \Seen is set afterwards, as the client's command would have done it.
///  - Decided messages used last are kept, so that the next piece of one needs neither server nor scanner.
///  - Listings pass untouched, unless the mailbox is known to hold messages that are delivered changed: these are
///    listed from their decided version.
///  - APPEND: all messages of a command are inspected before the server hears of it.
///
/// A FETCH response with content that was not asked for, a tag that is not out, a continuation that nothing asked for,
/// and what can't be told apart end the session. Capabilities for what can't be looked at are hidden, the commands
/// refused. Keep-alive while a message is fetched or inspected: untagged OK.
///
/// Limits: Options. Ownership: no view outlives a call.
class Dialog final : public proto::Dialog {
 public:
  struct Options {
    std::size_t maxline = 65536;                         // octets of a command without its messages
    std::size_t maxresponse = std::size_t{1024} * 1024;  // octets of a response without contents of messages
    std::size_t maxpipeline = 1000;                      // commands without their reply; more wait
    std::uint64_t maxmessage = 0;                        // octets of an appended message; 0: no limit
    std::size_t maxappend = 100;                         // messages of one APPEND
    bool starttls = false;                               // an upgrade would be carried out (StartTls)
    bool tls = false;                                    // the client is inside TLS from the start
    KeptMessages::Limits kept = {.count = 8, .octets = 0};
    std::string server = {};             // address and port, for `changed`
    ChangedMessages* changed = nullptr;  // outlives the dialog; none: nothing is remembered
  };

  explicit Dialog(Options options);

  proto::Action resume(proto::Inbox& in, proto::Outbox& out) override;

 private:
  using Step = std::optional<proto::Action>;  // nothing: go on

  struct Sent {  // to the server, without its reply yet
    std::string tag;
    Handling handling = Handling::pass;
    bool headers = false;  // FETCH of header lines
  };
  struct Selected {
    Mailbox mailbox;
    bool writable = false;
  };
  enum class Greeted { no, yes, authenticated };
  enum class Sasl { none, server_turn, client_turn };
  enum class Idle { none, asked, idling, done };

  // The client's side (dialog_client.cpp)
  Step take_commands(proto::Inbox& in, proto::Outbox& out);
  bool may_take_command() const;
  Step take_data(proto::Inbox& in, proto::Outbox& out);
  Step take_command(proto::Inbox& in, proto::Outbox& out);
  Step on_data(std::string_view line, proto::Outbox& out);
  Step on_broken_command(proto::Outbox& out);
  Step on_refused_command(proto::Outbox& out);
  Step dispatch(Command command, proto::Outbox& out);
  bool needs_turn(const Command& command, Handling handling) const;
  Step start(Command command, Handling handling, proto::Outbox& out);
  Step start_login(const Command& command, Handling handling, proto::Outbox& out);
  Step start_enable(const Command& command, proto::Outbox& out);
  Step start_tls(const Command& command, proto::Outbox& out);
  void start_select(const Command& command, Handling handling, proto::Outbox& out);
  void send(const Command& command, Sent sent, proto::Outbox& out);
  Step refuse(const std::string& tag, std::string_view why, proto::Outbox& out);
  Step login(std::string_view user);

  // The server's side (dialog_server.cpp)
  Step take_responses(proto::Inbox& in, proto::Outbox& out);
  bool may_take_response() const;
  Step on_streamed(proto::Outbox& out);
  Step on_octets(proto::Outbox& out);
  void relay_streamed(proto::Outbox& out);
  Step on_response(Response response, proto::Outbox& out);
  Step on_untagged(Response response, proto::Outbox& out);
  Step on_greeting(const Response& response);
  Step on_unauthenticated(const Response& response) const;
  Step on_fetch(Response response, proto::Outbox& out);
  Step check_listing(const Response& response) const;
  Step on_continuation(const Response& response, proto::Outbox& out);
  Step on_tagged(Response response, proto::Outbox& out);
  Step on_reply(const Sent& sent, const Response& response);
  void note_code(const Response& response);
  void note_selected(const Sent& sent, bool ok);
  void rewrite(Response& response) const;
  void pass(const Response& response, proto::Outbox& out);
  bool expects_headers() const;
  void forget_mailbox();

  // FETCH that is answered here (dialog_fetch.cpp, dialog_answer.cpp)
  Step start_fetch(const Command& command, proto::Outbox& out);
  bool answers(const FetchCommand& request) const;
  void send_fetch(const std::string& tag, std::string_view set, proto::Outbox& out);
  Step on_fetch_streamed(proto::Outbox& out);
  Step on_fetch_response(Response response, proto::Outbox& out);
  Step on_message(Response response);
  Step on_quoted_message(Response response, std::string text);
  Step on_no_message(const Response& response, proto::Outbox& out);
  Step on_listed(Response response, proto::Outbox& out);
  Step on_fetch_reply(Response response, proto::Outbox& out);
  void next_own_command(proto::Outbox& out);
  Step go_on_fetching(proto::Inbox& in, proto::Outbox& out);
  Step decide(const proto::Inbox& in);
  Step show(const proto::Ruling& ruling);
  std::string servers_words(bool changed, std::vector<std::string_view>& said) const;
  void note_unseen();
  void note_changed(const proto::Ruling& ruling);
  Step keep_shown();
  std::string own_tag() const;

  // APPEND (dialog_append.cpp)
  Step begin_append(proto::Outbox& out);
  Step go_on_appending(proto::Inbox& in, proto::Outbox& out);
  Step decide_append(const proto::Inbox& in, proto::Outbox& out);
  Step refuse_append(std::string_view code, std::string_view why, proto::Outbox& out);
  Step send_append(const Command& command, proto::Outbox& out);
  Step send_piece(proto::Outbox& out);
  void end_append();

  Step advance(proto::Inbox& in, proto::Outbox& out);
  Step go_on(proto::Inbox& in, proto::Outbox& out);
  Step forget();
  void keep_alive(proto::Outbox& out);
  bool is_scanning() const;
  bool is_owed() const;
  proto::Action rest(const proto::Inbox& in, proto::Outbox& out);

  Options options_;
  CommandReader client_;
  ResponseReader server_;
  Greeted greeted_ = Greeted::no;
  bool tls_;
  std::optional<bool> server_has_starttls_;  // nothing: it has not said
  bool bye_ = false;                         // the server has said so
  bool logged_out_ = false;
  std::size_t refused_ = 0;  // commands before login

  std::list<Sent> sent_;
  std::list<std::string> pieces_;  // of the command sent last; each waits for a "+"
  std::optional<Command> held_;    // waits until all others are answered
  std::size_t relayed_ = 0;        // octets of the current response's text that the client has
  bool inside_ = false;            // the client has a part of a response: nothing may come in between
  HeaderOnly header_;              // of the streamed literal
  bool moved_ = false;             // a state has changed

  Sasl sasl_ = Sasl::none;
  proto::pop3::Mechanism mechanism_ = proto::pop3::Mechanism::other;
  bool first_response_ = false;  // the next SASL line may hold the user name
  Idle idle_ = Idle::none;
  std::string user_;
  std::optional<Selected> selecting_;
  std::optional<Selected> selected_;
  KeptMessages kept_;
  std::unique_ptr<Fetch> fetch_;
  std::unique_ptr<Append> append_;
  std::vector<std::uint64_t> forgotten_;  // ids that the engine has still to hear of
};

}  // namespace p3scan::imap
