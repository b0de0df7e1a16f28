// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include "config/option.h"

// Part of the option table, see options.cpp.
namespace p3scan::config {

// clang-format off: a row reads better packed
inline constexpr Option kOutcomeRows[] = {
    {.name = "template", .letter = 't', .field = &Config::templatefile, .argument = "FILE",
     .section = Section::outcome, .of_2_3_2 = true, .check = check_path,
     .help = "text of the notification",
     .man = "It begins with header lines such as MIME-Version and Content-Type, then an empty line and the body. "
            "%VARIABLES% in it are replaced. When the default file does not exist a built-in English text is used.",
     .compat = {Compat::repaired,
                "a file that is missing is told at the start; without any there is a built-in text"}},
    {.name = "virusdir", .letter = 'r', .field = &Config::virusdir, .argument = "DIRECTORY",
     .section = Section::outcome, .of_2_3_2 = true, .check = check_path,
     .help = "quarantine and spool directory",
     .man = "Infected incoming mail is kept here as p3scan.XXXXXX, readable by the owner only.",
     .compat = {Compat::same}},
    {.name = "justdelete", .letter = 'j', .field = &Config::justdelete, .section = Section::outcome,
     .aliases = {"delete"}, .of_2_3_2 = true,
     .help = "delete infected mail instead of keeping it",
     .compat = {Compat::same}},
    {.name = "notify", .letter = 'N', .field = &Config::notify, .argument = "TEXT", .section = Section::outcome,
     .aliases = {"delnotify"}, .of_2_3_2 = true, .max = 900,
     .help = "stands for %P3SCANID% with justdelete",
     .compat = {Compat::same}},
    {.name = "subject", .letter = 'S', .field = &Config::subject, .argument = "TEXT", .section = Section::outcome,
     .of_2_3_2 = true, .max = 900,
     .help = "begins the subject of a notification",
     .man = "The name of the virus follows.",
     .compat = {Compat::same}},
    {.name = "smtprset", .letter = 'R', .field = &Config::smtprset, .argument = "TEXT", .section = Section::outcome,
     .of_2_3_2 = true, .max = 200,
     .help = "reply to infected outgoing mail, after 554",
     .compat = {Compat::same}},
    {.name = "xheader", .field = &Config::xheader, .section = Section::outcome,
     .help = "add an X-P3Scan header to clean mail",
     .man = "With xheader = no clean mail passes byte for byte."},
};
// clang-format on

}  // namespace p3scan::config
