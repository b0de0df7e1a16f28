// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "config/option.h"

// Options of 2.3.2 and 3.0 that this version does not have. They are refused by name: to ignore one
// would mean to run without the protection that the administrator asked for. `help` says what it did.
namespace p3scan::config {
namespace {

constexpr Option kLaterOptions[] = {
    // 2.3.2
    {.name = "renattach", .letter = 'a', .argument = "COMMAND", .of_2_3_2 = true, .help = "attachment filter"},
    {.name = "altvnmsg", .letter = 'A', .of_2_3_2 = true, .help = "notification edited by the scanner"},
    {.name = "extra", .letter = 'e', .argument = "ADDRESS", .of_2_3_2 = true, .help = "copies of notifications"},
    {.name = "footer", .letter = 'F', .argument = "COMMAND", .of_2_3_2 = true, .help = "scanner version in mails"},
    {.name = "checkspam", .letter = 'k', .of_2_3_2 = true, .help = "spam check"},
    {.name = "emergcon", .letter = 'K', .argument = "ADDRESS", .of_2_3_2 = true, .help = "mail on fatal errors"},
    {.name = "sslport", .letter = 'L', .argument = "PORT", .of_2_3_2 = true, .help = "POP3 over TLS"},
    {.name = "ispspam", .letter = 'M', .argument = "TEXT", .of_2_3_2 = true, .help = "spam mark of the provider"},
    {.name = "notifydir", .letter = 'n', .argument = "DIRECTORY", .of_2_3_2 = true, .help = "notification files"},
    {.name = "overwrite", .letter = 'o', .argument = "COMMAND", .of_2_3_2 = true, .help = "HTML filter"},
    {.name = "demime", .letter = 'x', .of_2_3_2 = true, .help = "unpacking for the scanner"},
    {.name = "xmail", .letter = 'X', .argument = "COMMAND", .of_2_3_2 = true, .help = "mail program"},
    {.name = "spamcheck", .letter = 'z', .argument = "COMMAND", .of_2_3_2 = true, .help = "spam check"},
    // 3.0
    {.name = "authuser", .help = "list of users"},
    {.name = "blackshort", .help = "blacklists"},
    {.name = "blacksubj", .argument = "TEXT", .help = "blacklists"},
    {.name = "cleankill", .help = "end of the daemon on fatal errors"},
    {.name = "debug-imap", .help = "debug topic"},
    {.name = "debug-memory", .help = "debug topic"},
    {.name = "debug-message", .help = "debug topic"},
    {.name = "debug-scanning", .help = "debug topic"},
    {.name = "debug-smtp", .help = "debug topic"},
    {.name = "extrapgm", .argument = "COMMAND", .help = "mail program"},
    {.name = "imapport", .argument = "PORT", .help = "IMAP"},
    {.name = "logfac", .argument = "NUMBER", .help = "syslog facility"},
    {.name = "logopt", .argument = "NUMBER", .help = "syslog options"},
    {.name = "noeom", .help = "end mark in the spool file"},
    {.name = "nospampipe", .help = "spam check"},
    {.name = "parsehtml", .argument = "COMMAND", .help = "HTML filter"},
    {.name = "password", .help = "passwords in the log"},
    {.name = "skipsize", .argument = "KB", .help = "POP3 mail that is not scanned"},
    {.name = "userlist", .argument = "DIRECTORY", .help = "lists of users"},
};

}  // namespace

std::span<const Option> later_options() { return kLaterOptions; }

}  // namespace p3scan::config
