// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace p3scan::imap {

/// What the end of a line says about what follows it (RFC 9051 section 4.3, RFC 7888, RFC 3516).
struct Tail {
  enum class Kind {
    none,     // the line ends here
    literal,  // octets follow
    flaw,     // readers may differ on whether octets follow: nobody can go on from here in safety
  };

  Kind kind = Kind::none;
  std::uint64_t size = 0;
  bool sync = true;        // "{5}": the writer waits for a "+"; false: "{5+}"
  bool literal8 = false;   // "~{5}"
  std::size_t length = 0;  // octets of the line that say so
};

/// The end of a line of a client's command, without its CRLF. The line is the first of the command or follows a literal. A
/// brace outside of quotes that is no literal, and a quoted string that does not end, are flaws: servers differ on them.
Tail command_tail(std::string_view line);

/// The end of a line of a server's response, without its CRLF. What looks like a literal to a lenient reader but is in
/// quotes or in the middle of a word is a flaw, and so is "{5+}", which only clients may send.
Tail response_tail(std::string_view line);

}  // namespace p3scan::imap
