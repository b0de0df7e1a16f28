// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include "config/option.h"

// Part of the option table, see options.cpp.
namespace p3scan::config {

// clang-format off: a row reads better packed
inline constexpr Option kDaemonRows[] = {
    {.name = "user", .letter = 'u', .field = &Config::user, .argument = "NAME", .section = Section::daemon,
     .of_2_3_2 = true, .check = check_user,
     .help = "user to run as when started by root"},
    {.name = "pidfile", .letter = 'l', .field = &Config::pidfile, .argument = "FILE", .section = Section::daemon,
     .of_2_3_2 = true, .check = check_path,
     .help = "where the process id is written",
     .man = "A file left behind is replaced; when the process in it is alive p3scan refuses to start."},
    {.name = "debug", .letter = 'd', .field = &Config::debug, .section = Section::daemon, .of_2_3_2 = true,
     .help = "stay in the foreground, log everything to stderr",
     .man = "Passwords are not shown, see password."},
    {.name = "debug-imap", .field = &Config::debug_imap, .section = Section::daemon,
     .help = "debug IMAP only"},
    {.name = "debug-memory", .field = &Config::debug_memory, .section = Section::daemon,
     .help = "debug the use of memory only"},
    {.name = "debug-message", .field = &Config::debug_message, .section = Section::daemon,
     .help = "debug messages only"},
    {.name = "debug-scanning", .field = &Config::debug_scanning, .section = Section::daemon,
     .help = "debug scanning only"},
    {.name = "debug-smtp", .field = &Config::debug_smtp, .section = Section::daemon,
     .help = "debug SMTP only"},
    {.name = "password", .field = &Config::password, .section = Section::daemon,
     .help = "show passwords in debug output (also: -p)",
     .man = "A -p that no port follows is this option."},
    {.name = "quiet", .letter = 'q', .field = &Config::quiet, .section = Section::daemon, .of_2_3_2 = true,
     .help = "log problems only"},
    {.name = "cleankill", .field = &Config::cleankill, .section = Section::daemon,
     .help = "end on fatal errors"},
    {.name = "logopt", .field = &Config::logopt, .argument = "NUMBER", .section = Section::daemon, .max = 63,
     .help = "option bits of openlog(3)",
     .man = "The sum of 1 for the process id, 2 for the console when syslog fails, 32 for stderr, too."},
    {.name = "logfac", .field = &Config::logfac, .argument = "NUMBER", .section = Section::daemon, .max = 184,
     .help = "syslog facility",
     .man = "A multiple of 8: 16 is mail, 24 daemon, 128 to 184 are local0 to local7."},
};
inline constexpr Option kCommandRows[] = {
    {.name = "configfile", .letter = 'f', .field = ConfigfileOption{}, .argument = "FILE",
     .section = Section::command, .of_2_3_2 = true,
     .help = "configuration file"},
    {.name = "check", .field = Command{Action::check}, .section = Section::command, .aliases = {"settings"},
     .help = "check the configuration, say what it would do, exit (also: -t)",
     .man = "A -t that no template file follows is this check."},
    {.name = "help", .letter = 'h', .field = Command{Action::help}, .section = Section::command, .of_2_3_2 = true,
     .help = "show this text and exit"},
    {.name = "version", .letter = 'v', .field = Command{Action::version}, .section = Section::command,
     .of_2_3_2 = true,
     .help = "show the version and exit"},
    {.name = "dump-sample-conf", .field = Command{Action::dump_sample_conf}, .section = Section::hidden},
    {.name = "dump-man8", .field = Command{Action::dump_man8}, .section = Section::hidden},
    {.name = "dump-man5", .field = Command{Action::dump_man5}, .section = Section::hidden},
};
// clang-format on

}  // namespace p3scan::config
