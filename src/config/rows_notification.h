// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include "config/option.h"

// Part of the option table, see options.cpp.
namespace p3scan::config {

// clang-format off: a row reads better packed
inline constexpr Option kNotificationRows[] = {
    {.name = "language", .field = &Config::language, .argument = "LANGUAGE", .section = Section::notification,
     .check = check_language,
     .help = "language of the built-in texts",
     .man = "One of en, de, fr, it, es, pt-br, pl, ru, nl, tr, cs, sv, ja and zh (also ge and sp, as old template "
            "files are called), or auto: the language of the mail itself, by its Content-Language or else "
            "Accept-Language field, or else English; auto:de makes that German. A language that is given outranks a "
            "template file in the default place, but not one named by template."},
    {.name = "altvnmsg", .letter = 'A', .field = &Config::altvnmsg, .section = Section::notification,
     .of_2_3_2 = true,
     .help = "let the scanner edit the text of a notification",
     .man = "Before a scan the template is copied to the file vnmsg beside the mail, and what the scanner leaves "
            "there is the notification.",
     .compat = {Compat::repaired, "the copy is complete before the scan begins"}},
    {.name = "footer", .letter = 'F', .field = &Config::footer, .argument = "COMMAND",
     .section = Section::notification, .of_2_3_2 = true, .max = kMaxCommand,
     .example = "/usr/bin/clamdscan -V",
     .help = "program that tells the scanner's version",
     .man = "Its output stands for %VDINFO%, and is added to clean outgoing mail in X-P3Scan headers. Without it "
            "%VDINFO% is what the scanners say of themselves. It is run at most once a minute, without a shell, and "
            "killed after five seconds.",
     .compat = {Compat::repaired, "no shell; output of any length, none included"}},
    {.name = "footerfile", .field = &Config::footerfile, .argument = "FILE", .section = Section::notification,
     .check = check_path,
     .help = "text added to outgoing mail",
     .man = "A file that does not exist adds nothing."},
    {.name = "extra", .letter = 'e', .field = &Config::extra, .argument = "ADDRESSES",
     .section = Section::notification, .of_2_3_2 = true, .check = check_address, .example = "postmaster@example.org",
     .help = "who is told of each virus by mail",
     .man = "In both directions. Separated by blanks or commas; an address with signs that a mail program could take "
            "for an option, a file or a pipe is left out.",
     .compat = {Compat::repaired, "addresses are checked and reach the mail program without a shell"}},
    {.name = "extratemplate", .field = &Config::extratemplate, .argument = "FILE", .section = Section::notification,
     .check = check_path,
     .help = "text of the mail to extra",
     .man = "When it does not exist it is the text of the notification."},
    {.name = "emergcon", .letter = 'K', .field = &Config::emergcon, .argument = "ADDRESSES",
     .section = Section::notification, .of_2_3_2 = true, .check = check_address,
     .help = "who is told of fatal errors by mail",
     .man = "Of each kind, such as no scanner answers or infected mail can't be kept, one mail an hour. Separated by "
            "blanks or commas.",
     .compat = {Compat::repaired, "addresses are checked and reach the mail program without a shell"}},
    {.name = "xmail", .letter = 'X', .field = &Config::xmail, .argument = "COMMAND",
     .section = Section::notification, .aliases = {"extrapgm"}, .of_2_3_2 = true, .max = kMaxCommand,
     .help = "program that sends mail to administrators",
     .man = "It is run as COMMAND -s SUBJECT ADDRESSES, without a shell, reads the text and may take a minute. Where "
            "p3scan must not gain rights, as under systemd, a program that needs them fails: use notifysmtp.",
     .compat = {Compat::repaired, "no shell"}},
    {.name = "notifysmtp", .field = &Config::notifysmtp, .argument = "HOST:PORT", .section = Section::notification,
     .check = check_host_port, .example = "127.0.0.1:25",
     .help = "mail server for mail to administrators, instead of xmail",
     .man = "Plain SMTP. A mail that the server does not take is tried again three times within seven minutes."},
    {.name = "notifyfrom", .field = &Config::notifyfrom, .argument = "ADDRESS", .section = Section::notification,
     .check = check_address, .example = "postmaster@example.org",
     .help = "sender of mail to administrators",
     .man = "Without it postmaster at this host."},
    {.name = "notifyrate", .field = &Config::notifyrate, .argument = "NUMBER", .section = Section::notification,
     .min = 1, .max = 100000,
     .help = "most mails about viruses to administrators per hour",
     .man = "What goes beyond is summed up in one, an hour after the first."},
    {.name = "notifydir", .letter = 'n', .field = &Config::notifydir, .argument = "DIRECTORY",
     .section = Section::notification, .of_2_3_2 = true, .check = check_path,
     .help = "where mail to administrators was made",
     .man = "Nothing is written there any more: it waits in memory.",
     .compat = {Compat::no_effect, "files with names that others can guess were a hole; mail waits in memory"}},
};
// clang-format on

}  // namespace p3scan::config
