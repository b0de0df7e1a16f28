// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <vector>

namespace p3scan::imap {

/// An APPEND on its way: its messages come from the client and are decided one after the other; then the server gets
/// the command.
struct Append {
  enum class State {
    waiting,   // for the replies to earlier commands
    reading,   // a message
    complete,  // to be scanned
    scanning,
    keeping,     // decided and good
    between,     // messages: the command goes on
    sending,     // to the server
    recalling,   // the message that comes next
    delivering,  // it has been recalled
    delivered,
    replying,  // all is said
  };

  State state = State::waiting;
  std::string tag;
  std::vector<std::uint64_t> ids;    // decided messages, under which they are kept
  std::list<std::string> pieces;     // of the command; sent up to and including each announcement of a literal
  std::vector<bool> message_behind;  // each piece but the last: a message follows (else the rest of the next piece)
  std::size_t sent = 0;              // pieces
  std::size_t delivered = 0;         // messages
};

}  // namespace p3scan::imap
