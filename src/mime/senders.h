// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace p3scan::mime {

struct Sender {
  std::string address;  // without brackets, blanks and quotes; empty if there is none
  std::string line;     // the decoded value of its From field, as a reader sees it
};

/// Whom a message says that it is from: every mailbox of every From field, because mail programs differ in which of
/// them they show.
struct Senders {
  std::vector<Sender> all;  // at most 200
  bool certain = false;     // nothing was left out, and the header ends within what was looked at
};

/// `head`: the beginning of the message; `complete`: it is all of it.
Senders read_senders(std::string_view head, bool complete);

}  // namespace p3scan::mime
