// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

// A section of p3scan.conf(5), see man.cpp.
namespace p3scan::config {

inline constexpr std::string_view kPage5Tls = R"(.Sh INTERCEPTING TLS
Mail inside TLS can be scanned only by somebody who takes part in it.
.Ql p3scan ca init
makes a CA of your own; the certificate that
.Ql p3scan ca export
prints, or
.Ql p3scan ca serve
shows to browsers, must be imported into each mail program.
From then on p3scan speaks TLS to both sides, on the ports 465, 993 and 995 from
the start of a connection, elsewhere after STLS or STARTTLS, if the server
offers it.
.Pp
It verifies the server as the mail program would have, and asks it for no less
than the mail program's own lowest version, TLS 1.2 at least.
The mail program gets a certificate with the names and the validity of the
server's; what is wrong with that stays wrong for the mail program
.Pq see Cm tlsbad .
.Pp
Some connections can't be intercepted: programs that know their server's
certificate beforehand, and servers that insist on a certificate of the client.
The log has one line for each failure, with the client, the server, the name
that was asked for, and the option that would change it.
.Cm tlsbypass , tlslearn , tlsclientcert
and
.Cm tls
with the mode pass let such connections through, unscanned.
.Pp
Without a CA nothing of this happens: STLS and STARTTLS are not offered, and who
speaks TLS is refused, except to a port of
.Cm sslport ,
where the mail program speaks plain text as it did with version 2.
)";

}  // namespace p3scan::config
