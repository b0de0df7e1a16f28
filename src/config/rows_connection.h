// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include "config/option.h"

// Part of the option table, see options.cpp.
namespace p3scan::config {

// clang-format off: a row reads better packed
inline constexpr Option kConnectionRows[] = {
    {.name = "ip", .letter = 'i', .field = &Config::ip, .argument = "ADDRESS", .section = Section::interception,
     .of_2_3_2 = true, .check = check_ip, .example = "192.0.2.1",
     .help = "address to listen on",
     .man = "IPv4 or IPv6, in numbers; repeat the option or separate several by commas. Without it p3scan listens "
            "on all addresses of both.",
     .at_start = true,
     .compat = {Compat::repaired, "IPv6 and several addresses, too"}},
    {.name = "port", .letter = 'p', .field = &Config::port, .argument = "PORT", .section = Section::interception,
     .of_2_3_2 = true,
     .help = "port to listen on",
     .man = "The port that the redirection rules of the firewall name. Ports may be given as number or by the name "
            "of a mail service.",
     .at_start = true,
     .compat = {Compat::repaired, "a number above 65535 is refused instead of wrapping around"}},
    {.name = "tproxy", .field = &Config::tproxy, .section = Section::interception,
     .help = "connections arrive by TPROXY instead of REDIRECT",
     .man = "The destination is then the local address of the accepted connection, and the server sees the client's "
            "own address.",
     .at_start = true},
    {.name = "targetip", .letter = 'I', .field = &Config::targetip, .argument = "HOST",
     .section = Section::interception, .of_2_3_2 = true, .check = check_host, .example = "mail.example.net",
     .help = "connect every session to this host",
     .man = "A host name or an IPv4 or IPv6 address. Without it, or with 0.0.0.0, p3scan is transparent: a session "
            "goes where the client was connecting to.",
     .compat = {Compat::repaired,
                "host names and IPv6, too; 0.0.0.0 means transparent and leaves the listening address alone"}},
    {.name = "targetport", .letter = 'P', .field = &Config::targetport, .argument = "PORT",
     .section = Section::interception, .of_2_3_2 = true,
     .help = "port to connect to, with targetip",
     .compat = {Compat::repaired, "a number above 65535 is refused instead of wrapping around"}},
    {.name = "useurl", .letter = 'U', .field = &Config::useurl, .section = Section::interception, .of_2_3_2 = true,
     .help = "take the POP3 server from the login name",
     .man = "The client logs in as name#host:port; without :port the server's port is 110. Without # it may be name@host, "
            "which logs in as name on host. See also useurlallow and authuser.",
     .compat = {Compat::repaired,
                "the port is optional as in 3.0; useurlallow and authuser keep it from being an open relay"}},
    {.name = "authuser", .field = &Config::authuser, .section = Section::interception,
     .help = "let useurl serve known users only",
     .man = "A login name#host:port is known when usersdir has a file of that name.",
     .compat = {Compat::same}},
    {.name = "usersdir", .field = &Config::usersdir, .argument = "DIRECTORY", .section = Section::interception,
     .check = check_path,
     .help = "directory with the files of authuser"},
    {.name = "useurlallow", .field = &Config::useurlallow, .argument = "HOST|NETWORK",
     .section = Section::interception, .check = check_network, .example = "pop.example.net, 198.51.100.0/24",
     .help = "servers that useurl may connect to",
     .man = "Host names, addresses and networks; repeat the option or separate several by commas. Without it every "
            "server may be named except those with private, link-local or loopback addresses."},

    {.name = "emailport", .letter = 'E', .field = &Config::emailport, .argument = "PORT",
     .section = Section::protocol, .aliases = {"smtpport"}, .of_2_3_2 = true,
     .help = "destination ports that carry SMTP",
     .man = "Repeat the option or separate several by commas. Connections to other ports are taken as POP3 unless "
            "the server's greeting says otherwise.",
     .compat = {Compat::repaired, "-E works, and several ports can be given"}},
    {.name = "sslport", .letter = 'L', .field = &Config::sslport, .argument = "PORT",
     .section = Section::protocol, .of_2_3_2 = true,
     .help = "destination ports that carry POP3 over TLS",
     .man = "Repeat the option or separate several by commas. Without a CA the mail program speaks plain text to such "
            "a port, and p3scan TLS to the server; with one see tls.",
     .compat = {Compat::repaired, "the server's certificate is verified, see tlsbad; several ports can be given"}},
    {.name = "cadir", .field = &Config::cadir, .argument = "DIRECTORY", .section = Section::protocol,
     .check = check_path,
     .help = "directory with the CA that signs for intercepted connections",
     .man = "p3scan ca makes it. It and its files must be root's, or the user's who starts p3scan, and the keys "
            "readable by nobody else. Without a CA no client's TLS is intercepted. On SIGHUP a new CA is taken."},
    {.name = "imapport", .field = &Config::imapport, .argument = "PORT", .section = Section::protocol,
     .help = "destination ports that carry IMAP",
     .man = "Repeat the option or separate several by commas. What carries content of a mail is answered from the scanned "
            "mail, and what mail programs store on the server is scanned before the server sees it.",
     .compat = {Compat::repaired, "mail is scanned in both directions, in every form of FETCH"}},
    {.name = "barelf", .field = &Config::barelf, .argument = "normalize|reject|pass", .section = Section::protocol,
     .help = "what to do with CR or LF alone in outgoing mail",
     .man = "normalize makes each a complete CRLF, reject refuses the mail, pass leaves the bytes alone. Whatever "
            "is chosen, what is scanned is what is sent, and only CRLF.CRLF ends a message."},
    {.name = "broken", .letter = 'B', .field = &Config::broken, .section = Section::protocol, .of_2_3_2 = true,
     .help = "keep mail programs waiting with whole lines",
     .man = "Accepted for old configuration files; p3scan always sends whole header lines while a scan lasts.",
     .compat = {Compat::no_effect, "whole header lines are sent while a scan lasts, always"}},
    {.name = "enabletop", .letter = 'J', .field = &Config::enabletop, .section = Section::protocol, .of_2_3_2 = true,
     .help = "let the TOP command pass",
     .man = "Accepted for old configuration files; TOP always works and what it shows is always scanned.",
     .compat = {Compat::no_effect, "TOP always passes, and what it shows is scanned"}},
};
// clang-format on

}  // namespace p3scan::config
