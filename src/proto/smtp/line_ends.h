// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace p3scan::proto::smtp {

/// What becomes of a CR or LF that isn't part of a CRLF.
enum class BareLf { normalize, reject, pass };

/// How the message goes on to the server.
enum class Transport {
  dotted,   // DATA: a line with a lone dot ends it
  counted,  // BDAT: its octets are counted, nothing in it can end it
};

/// Makes sure that a message has the same lines for everybody who reads it from here on, scanner and server.
///
/// A lenient server takes a bare LF or CR for a line end and may drop NULs. A lone dot on a line that only such a
/// server sees would end the message there, and the rest would be commands (SMTP smuggling). Dot-stuffing on the way
/// out protects lines that begin after a CRLF (or begin the message) with the dot itself. What is left, when `dotted`:
///  - normalize: every bare CR and every bare LF becomes CRLF; NULs between a line start and a dot are taken out.
///    All else stays, octet for octet. Normalising twice changes nothing.
///  - reject: such a message is not acceptable.
///  - pass: octets stay as they are, but a lone dot (NULs aside) that dot-stuffing can't protect is not acceptable.
/// When `counted` there is no such line, so NULs and dots are left alone; bare CR and LF are treated the same.
class LineEnds {
 public:
  LineEnds(BareLf mode, Transport transport) : mode_(mode), dotted_(transport == Transport::dotted) {}

  /// Appends to `out` what becomes of `piece`, as views of it or of static storage. A CR at the end of the piece is
  /// kept back until the next octet is known, and so are NULs that begin a line. False: the message isn't
  /// acceptable, and this object of no more use.
  bool add(std::string_view piece, std::vector<std::string_view>& out);

  /// The message ends here: appends what was kept back.
  bool finish(std::vector<std::string_view>& out);

 private:
  enum class At {
    fresh,  // at the start of a line that dot-stuffing protects
    bare,   // at the start of a line that only a lenient reader sees
    nuls,   // behind NULs that start a line
    dot,    // behind an unprotected dot, perhaps among NULs, and nothing else
    text,   // anywhere else
    cr,     // behind a CR
  };
  struct Output;

  bool step(Output& output, std::size_t at);
  bool end_cr(Output& output, std::size_t at);
  bool end_line(Output& output, std::size_t at);
  void go_on(Output& output, std::size_t at);
  void release_nuls(std::vector<std::string_view>& out);

  BareLf mode_;
  bool dotted_;
  At at_ = At::fresh;
  bool held_cr_ = false;         // the CR we are behind was in an earlier piece
  std::uint64_t held_nuls_ = 0;  // kept back: what follows decides about them
};

}  // namespace p3scan::proto::smtp
