// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace p3scan::proto {

enum class Side { client, server };

/// Which way a message travels: incoming is fetched by the client, outgoing is sent by it.
enum class Direction { incoming, outgoing };

/// Why a message could not be kept. The dialog swallows the rest of it and tells the peer.
enum class MessageError { none, no_space, too_large, io };

/// What is to become of a held message; the answer to Scan.
struct Ruling {
  enum class Kind {
    deliver,  // pass it on (the engine applies edits)
    replace,  // the engine delivers a notification in its place; POP3 only
    refuse,   // for good: 554, -ERR [SYS/PERM]
    fail,     // for now: 451, -ERR [SYS/TEMP]
  };
  Kind kind = Kind::fail;
  std::string text;        // refuse, fail: reply text after the code, without CRLF
  std::uint64_t size = 0;  // deliver, replace: octets of the decided version, without dot-stuffing
  bool changed = false;    // deliver, replace: the decided version is not what came, octet for octet
};

/// A piece of what is written about a decided message: words, then octets [offset, offset + length) of it.
struct Piece {
  std::string text;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// Works out what to say about a decided message. Pure, and called off the event loop on another thread: an answer owns
/// what it needs and never touches the dialog. Must not throw for what a message contains.
class Answer {
 public:
  Answer() = default;
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  Answer(Answer&&) = delete;
  Answer& operator=(Answer&&) = delete;
  virtual ~Answer() = default;

  /// All octets of the decided version (no dot-stuffing, no terminator).
  virtual std::vector<Piece> make(std::string_view message) const = 0;
};

/// What a dialog may look at. It takes the bytes that it has used off the front of either view.
struct Inbox {
  std::string_view client;
  std::string_view server;
  bool client_closed = false;  // nothing follows the bytes above
  bool server_closed = false;
  bool keepalive_due = false;                       // the keep-alive interval has passed again; true in one call only
  MessageError message_error = MessageError::none;  // of the message begun last
  /// Header lines of the message begun last that may reach the client before the verdict: whole fields from
  /// its first octet on; grows while the message arrives.
  std::string_view early_header;
  const Ruling* ruling = nullptr;  // set from the moment Scan is answered until the next Begin
};

/// What a dialog says. The engine writes each side's text in one go before it acts on the Action.
struct Outbox {
  std::string client;
  std::string server;
  /// Octets of the message begun last (dot-unstuffed, no terminator). Views alias the inbox or static storage.
  std::vector<std::string_view> content;
  /// Message offsets where the wire had a lone leading dot that a sender should have doubled. Delivery puts
  /// these dots back, so that even a sloppy server's mail stays byte for byte.
  std::vector<std::uint64_t> lone_dots;
};

enum class Framing {
  dot,  // dot-stuffed and ended by CRLF.CRLF
  raw,  // as it is; the dialog has announced Ruling::size (BDAT)
};

// What a dialog can ask for after its words are written. The engine knows these verbs and nothing of any protocol.
struct Wait {};   // nothing to do until something in the inbox changes
struct Again {};  // words or content are ready; call again at once
/// A message starts.
struct Begin {
  Direction direction = Direction::incoming;
  bool scan = true;  // false: passed unlooked at
  bool mark = true;  // false: a clean message gets no X-P3Scan header (IMAP: its size was told before it was looked at)
  bool edit = true;  // false: no filter may change it, and no footer be added
};
struct Scan {};  // the message is complete: find a ruling
/// Write the decided version to one side, without its first `from` octets (sent early as header lines).
/// A Framing::dot delivery includes the terminator.
struct Deliver {
  Side to = Side::client;
  std::uint64_t from = 0;
  Framing framing = Framing::dot;
};
/// Write to one side what `answer` makes of the decided version. The message stays the one begun last.
struct Show {
  Side to = Side::client;
  std::shared_ptr<const Answer> answer;
};
/// Lay the decided message begun last, with its ruling, aside under a number of the dialog's choice; the dialog bounds
/// how many and how large they are. Recall makes it the message begun last again, under that number still; Forget lets go.
struct Keep {
  std::uint64_t id = 0;
};
struct Recall {
  std::uint64_t id = 0;
};
struct Forget {
  std::uint64_t id = 0;
};
/// Both sides have agreed to go on inside TLS, and the words that say so are written. The next call of resume() comes
/// when both handshakes are done. Octets that arrived in plain text behind the agreement, on either side, end the
/// session, and so does a handshake that fails.
struct StartTls {};
struct Drop {};  // forget the message begun last, cancel its scan
struct Login {
  std::string user;
};  // the user name is known: for log and templates
struct Connect {
  std::string host;
  std::uint16_t port;
};  // only useurl: the login names the server
enum class Outcome { finished, client_gone, server_gone, protocol_error, aborted };
struct End {
  Outcome outcome;
  std::string_view why = {};
};  // close both sides; `why` is for the log, static text
using Action =
    std::variant<Wait, Again, Begin, Scan, Deliver, Show, Keep, Recall, Forget, StartTls, Drop, Login, Connect, End>;

/// One protocol conversation as pure logic: no sockets, no clock, no files, no log.
class Dialog {
 public:
  Dialog() = default;
  Dialog(const Dialog&) = delete;
  Dialog& operator=(const Dialog&) = delete;
  Dialog(Dialog&&) = delete;
  Dialog& operator=(Dialog&&) = delete;
  virtual ~Dialog() = default;

  /// Says the one next thing to do. Never blocks and never throws for what a peer sent; bad input ends in End.
  /// A call that returns Wait has used all that it can use now and is called again only when the inbox changed.
  virtual Action resume(Inbox& in, Outbox& out) = 0;

  /// Called between two calls of resume() when a delivery to the client lasts longer than the keep-alive interval: says
  /// in out.server what keeps the server from hanging up on an idle connection meanwhile.
  virtual void during_delivery(Outbox& out) { static_cast<void>(out); }
};

}  // namespace p3scan::proto
