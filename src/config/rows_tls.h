// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include "config/option.h"

// Part of the option table, see options.cpp.
namespace p3scan::config {

// clang-format off: a row reads better packed
inline constexpr Option kTlsRows[] = {
    {.name = "tls", .field = &Config::tls, .argument = "PORT:MODE", .section = Section::tls,
     .example = "995:legacy 993:intercept 587:pass",
     .help = "what becomes of TLS on a destination port",
     .man = "Repeat the option or separate several by commas or blanks. MODE is legacy (the mail program speaks plain text, "
            "p3scan TLS to the server), intercept (TLS on both sides, and mail is scanned), pass (untouched and unscanned, which "
            "is logged) or refuse. A port that is not named is intercepted if there is a CA. If there is none, sslport is "
            "legacy, and other TLS is refused."},
    {.name = "tlsbad", .field = &Config::tlsbad, .argument = "mirror|refuse|accept", .section = Section::tls,
     .help = "what to do about a server whose certificate has a flaw",
     .man = "Its chain, name, validity and revocation are verified. mirror shows the mail program a certificate of the same "
            "content by a CA that nobody trusts, so that it warns as it would without p3scan; where the mail program speaks "
            "plain text and can't be warned that is refuse. refuse ends the connection and logs why. accept takes any "
            "certificate, as version 2 and 3.0 did."},
    {.name = "tlsroots", .field = &Config::tlsroots, .argument = "FILE", .section = Section::tls,
     .check = check_path, .example = "/etc/p3scan/roots.pem",
     .help = "more certificates to trust, in PEM",
     .man = "Besides those of the system."},
    {.name = "tlscrl", .field = &Config::tlscrl, .argument = "FILE", .section = Section::tls,
     .check = check_path, .example = "/etc/p3scan/crl.pem",
     .help = "lists of revoked certificates, in PEM",
     .man = "Read at the start and at each reload. What a server says by OCSP stapling counts without it."},
    {.name = "tlsbypass", .field = &Config::tlsbypass, .argument = "WHERE", .section = Section::tls,
     .check = check_bypass, .example = "bank.example.net, *.example.org, 198.51.100.0/24, client:192.0.2.7",
     .help = "connections whose TLS passes untouched",
     .man = "A host name that the client asks for, *.NAME for every host below NAME, the address or network of a server, or "
            "client: and the address or network of a client. Repeat the option or separate several by commas. Mail that "
            "passes so is not scanned, and the log says so. Whoever runs the client can claim any host name; addresses "
            "can't be claimed."},
    {.name = "tlslearn", .field = &Config::tlslearn, .section = Section::tls,
     .help = "pass clients that reject p3scan's certificates",
     .man = "A client that rejects them three times for the same server is then passed untouched to that server for 24 hours. "
            "Either way the log names the tlsbypass line that would help."},
    {.name = "tlsclientcert", .field = &Config::tlsclientcert, .argument = "pass|refuse", .section = Section::tls,
     .help = "what to do about a server that insists on a client's certificate",
     .man = "No gateway can show it in the client's place. pass lets such connections through unscanned, refuse ends them."},
    {.name = "tlswait", .field = &Config::tlswait, .argument = "SECONDS", .section = Section::tls,
     .min = 1, .max = 60, .unit = "seconds",
     .help = "silence after which a client of a TLS port speaks plain text",
     .man = "On ports 465, 993, 995 and sslport, when TLS is intercepted: a client of old that waits there for the server's "
            "greeting is served in plain text after this time. PORT:legacy spares the wait."},
};
// clang-format on

}  // namespace p3scan::config
