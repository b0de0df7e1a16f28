// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include "imap/command_reader.h"

namespace p3scan::imap {

/// How the dialog treats a command. All but `pass` have the connection to themselves: earlier commands are answered
/// first, later ones wait for the answer.
enum class Handling {
  pass,  // in any number at once
  fetch,
  append,
  login,
  authenticate,
  select,
  examine,
  close,  // no mailbox is selected afterwards
  idle,
  enable,
  starttls,
  logout,
  unauthenticate,
  refuse,   // never passed on, whatever the server thinks of it
  unknown,  // passed on to a server that has authenticated its client
};

Handling handling_of(const Command& command);

}  // namespace p3scan::imap
