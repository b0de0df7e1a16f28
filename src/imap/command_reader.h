// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imap/append_syntax.h"
#include "imap/literal.h"

namespace p3scan::imap {

/// A literal inside a command's text.
struct Literal {
  std::size_t at = 0;  // offset in the text of its first octet, right behind the CRLF of "{5}CRLF"
  std::uint64_t size = 0;
  bool sync = true;  // the client waits for a "+"
  bool literal8 = false;
  bool message = false;  // of APPEND: its octets are not in the text
};

/// A command of a client (RFC 9051 section 2.2.1).
struct Command {
  std::string tag;   // empty in a command too broken to have one
  std::string verb;  // upper case: "SELECT"; of UID commands the second word
  bool uid = false;
  /// The octets as they came, from the tag to the last CRLF (an LF alone is made CRLF), but for messages of APPEND.
  std::string text;
  std::size_t arguments = 0;  // offset in the text of what follows the verb and its blank
  std::vector<Literal> literals;
};

/// The command cut behind each literal's announcement, which is made a synchronizing one: a piece is sent, and the next one
/// when the server has said "+". Where a message of APPEND belongs, it comes before the next piece.
std::vector<std::string> sync_pieces(const Command& command);

/// Reads what a client sends. Holds at most one command without its messages; the octets of messages are handed on.
///
/// A command line may end with LF alone, as everywhere in this program: clients exist that do it, the command goes on with
/// CRLF, and one with a NUL or another CR in it is refused, so the server sees no other commands than those read here. For
/// the same reason a command is refused whose line could end in a literal or not, depending on the reader.
class CommandReader {
 public:
  enum class Status {
    need_more,
    command,      // command() is complete
    literal,      // the client waits for "+": say it, or refuse()
    message,      // command() is APPEND as far as it came, and its last literal, a message, begins. If it is a
                  // synchronizing one, the client waits for "+": say it, or refuse()
    octets,       // octets() are of that message
    message_end,  // it is complete
    data,         // only from next_data(): data()
    refused,      // the command may not go on: answer BAD with why(), to command().tag if there is one. What belongs to
                  // it is swallowed
    broken,       // the same, but nobody can tell where the next command begins: end the session
  };

  static constexpr std::size_t kLongestTag = 256;

  /// `limit`: octets of a command with its literals, but without the messages of APPEND, or of a data line.
  explicit CommandReader(std::size_t limit) : limit_(limit) {}

  Status next(std::string_view& input);

  /// The next line is no command: an answer to a SASL challenge, or DONE. Only between commands.
  Status next_data(std::string_view& input);

  /// After `literal` and `message`, or while a message comes in: swallows the rest of this command. The caller answers it.
  void refuse();

  [[nodiscard]] const Command& command() const { return command_; }
  Command take() { return std::move(command_); }
  [[nodiscard]] std::string_view octets() const { return octets_; }  // aliases the input
  [[nodiscard]] const std::string& data() const { return data_; }    // without its line end
  [[nodiscard]] std::string_view why() const { return why_; }        // static text

 private:
  enum class State {
    start,          // of a command
    line,           // inside a command
    literal,        // collecting it
    message_start,  // reported
    message,        // handing it on
    swallow,        // the octets of a literal of a refused command
    swallow_line,   // the line behind it
    broken,
  };

  bool take_line(std::string_view& input, std::string& text) const;
  Status read_line(std::string_view& input);
  Status end_line();
  Status begin_command(std::string_view line);
  Status literal_begins(const Tail& tail, bool message);
  Status collect(std::string_view& input);
  Status hand_on(std::string_view& input);
  Status swallow(std::string_view& input);
  Status swallow_line(std::string_view& input);
  Status refuse_line(std::string_view why);
  Status broken(std::string_view why);
  bool swallow_literal_of(std::string_view line);

  std::size_t limit_;
  Command command_;
  AppendSyntax append_;
  std::size_t line_ = 0;    // offset in the text of the line being read
  std::uint64_t left_ = 0;  // octets of the literal that are missing
  std::string_view octets_;
  std::string data_;
  bool data_complete_ = false;
  std::string_view why_;
  State state_ = State::start;
};

}  // namespace p3scan::imap
