// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

#include "imap/literal.h"

namespace p3scan::imap {

/// Follows the arguments of APPEND line by line, to tell the literal of the mailbox name from those of the messages
/// (RFC 9051 section 6.3.12, RFC 3502 MULTIAPPEND, RFC 3516 and RFC 6855 literal8, RFC 9755 UTF8 data).
class AppendSyntax {
 public:
  enum class Next {
    mailbox,  // the literal that ends the line is the mailbox name
    message,  // ... is a message
    end,      // the command is complete
    flaw,     // no APPEND that could be looked at; CATENATE (RFC 4469) among them
  };

  /// `line`: without CRLF; of the first line what follows the verb and its blank, later what follows a literal.
  Next line(std::string_view line, const Tail& tail);

 private:
  Next first_line(std::string_view line, const Tail& tail);
  Next message(std::string_view options, const Tail& tail);

  enum class Stage { start, mailbox_done, message_done };
  Stage stage_ = Stage::start;
  bool in_parentheses_ = false;  // of UTF8 (~{5}
};

}  // namespace p3scan::imap
