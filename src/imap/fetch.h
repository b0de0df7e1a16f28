// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "imap/fetch_answer.h"
#include "imap/fetch_command.h"
#include "imap/response_reader.h"

namespace p3scan::imap {

/// A FETCH on its way that is answered here, with the commands of our own that belong to it.
struct Fetch {
  enum class State {
    responses,  // are being read
    inlined,    // a message that came as a quoted string is to begin
    reading,    // a message
    complete,   // to be scanned
    scanning,
    recalling,  // a kept message
    recalled,
    shown,     // to be kept
    dropping,  // and nothing else
  };
  enum class Command { client, own_fetch, own_store };  // whose reply comes next

  State state = State::responses;
  Command command = Command::client;
  FetchCommand request;
  std::string tag;         // the client's
  std::string sent;        // tag of the command on its way
  bool content = false;    // asked for, else a listing
  bool whole = false;      // the command on its way asks for BODY[]
  bool flags = false;      // ... and for FLAGS, to know whether \Seen is to be set
  bool swallow = false;    // the message can't be kept: its octets are dropped
  bool reuse = false;      // ... because the message is kept
  bool fresh = false;      // the message was inspected just now
  bool keep = false;       // ... and may be asked for again
  std::uint64_t size = 0;  // octets of it
  std::uint64_t id = 0;    // under which the message is kept
  std::string inlined;
  Response response;                              // of the message
  std::optional<std::uint32_t> expected;          // UID of the kept message that is to answer; until it has
  std::optional<std::uint32_t> uid;               // of the message
  std::vector<std::uint32_t> changed;             // UIDs known when the command began, ascending
  std::set<std::uint32_t> missing;                // UIDs that an own command must fetch
  std::set<std::uint32_t> unseen;                 // to be flagged \Seen: UIDs with UID FETCH, else numbers
  std::string reply;                              // to the client's command, held
  std::shared_ptr<FetchAnswer> answer;            // shown last
  std::string failure;                            // why a message was left out
  std::string_view failure_code = "UNAVAILABLE";  // RFC 5530
};

}  // namespace p3scan::imap
