// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include "config/option.h"

// Part of the option table, see options.cpp.
namespace p3scan::config {

// clang-format off: a row reads better packed
inline constexpr std::uint64_t kMaxKilobytes = std::uint64_t{1} << 42;  // keeps the number of octets within 63 bits

inline constexpr Option kLimitRows[] = {
    {.name = "timeout", .letter = 'O', .field = &Config::timeout, .argument = "SECONDS", .section = Section::time,
     .of_2_3_2 = true, .min = 1, .max = 9999, .unit = "seconds",
     .help = "interval of keep-alive signs while a scan lasts",
     .compat = {Compat::same}},
    {.name = "idletimeout", .field = &Config::idletimeout, .argument = "SECONDS", .section = Section::time, .min = 10,
     .max = 86400, .unit = "seconds",
     .help = "end a session after this long without traffic",
     .man = "RFC 1939 and RFC 5321 ask for ten and five minutes at least. An IMAP session may be idle for 35 minutes "
            "in any case."},
    {.name = "connecttimeout", .field = &Config::connecttimeout, .argument = "SECONDS", .section = Section::time,
     .min = 1, .max = 3600, .unit = "seconds",
     .help = "longest wait for a connection to the server"},
    {.name = "scantimeout", .field = &Config::scantimeout, .argument = "SECONDS", .section = Section::time, .min = 1,
     .max = 86400, .unit = "seconds",
     .help = "longest scan of one mail, all scanners together",
     .man = "After that the scan has failed, see onfailure."},
    {.name = "filtertimeout", .field = &Config::filtertimeout, .argument = "SECONDS", .section = Section::time,
     .min = 1, .max = 86400, .unit = "seconds",
     .help = "longest work of one filter on one mail",
     .man = "After that the mail stays as it was."},
    {.name = "draintime", .field = &Config::draintime, .argument = "SECONDS", .section = Section::time, .max = 86400,
     .unit = "seconds",
     .help = "grace for running sessions when p3scan is stopped"},

    {.name = "maxchilds", .letter = 'm', .field = &Config::maxchilds, .argument = "NUMBER",
     .section = Section::limits, .of_2_3_2 = true, .min = 1, .max = 1000000,
     .help = "most sessions at once",
     .man = "Further clients wait, none is dropped.",
     .compat = {Compat::repaired, "clients beyond it wait without stopping the daemon; the default is 1000"}},
    {.name = "maxperclient", .field = &Config::maxperclient, .argument = "NUMBER", .section = Section::limits,
     .min = 1, .max = 1000000,
     .help = "most sessions at once from one address"},
    {.name = "maxmessage", .field = &Config::maxmessage, .argument = "KB", .section = Section::limits,
     .max = kMaxKilobytes, .unit = "KB",
     .help = "largest mail",
     .man = "0 sets no limit."},
    {.name = "maxline", .field = &Config::maxline, .argument = "OCTETS", .section = Section::limits, .min = 1024,
     .max = 1048576, .unit = "octets",
     .help = "longest command or reply line",
     .man = "Lines of a mail may be of any length."},
    {.name = "maxpipeline", .field = &Config::maxpipeline, .argument = "NUMBER", .section = Section::limits, .min = 1,
     .max = 100000,
     .help = "most commands of a client without their reply yet"},
    {.name = "imapkeep", .field = &Config::imapkeep, .argument = "NUMBER", .section = Section::limits, .min = 1,
     .max = 1000,
     .help = "scanned mails kept per IMAP session for their further parts",
     .man = "Mail programs fetch a mail in pieces; a mail that is kept is fetched and scanned once for all of them."},
    {.name = "imapkeepsize", .field = &Config::imapkeepsize, .argument = "KB", .section = Section::limits,
     .max = kMaxKilobytes, .unit = "KB",
     .help = "size of all mails kept per IMAP session",
     .man = "The mail fetched last is kept whatever its size."},
    {.name = "threads", .field = &Config::threads, .argument = "NUMBER", .section = Section::limits, .max = 256,
     .help = "threads that serve sessions",
     .man = "0 starts one per processor.",
     .at_start = true},
    {.name = "workers", .field = &Config::workers, .argument = "NUMBER", .section = Section::limits, .max = 256,
     .help = "processes that scan with libclamav",
     .man = "0 starts one per processor."},

    {.name = "spoolmemory", .field = &Config::spoolmemory, .argument = "KB", .section = Section::spool,
     .max = 1048576, .unit = "KB",
     .help = "a mail up to this size is kept in memory",
     .man = "Larger ones go on to a nameless file in virusdir."},
    {.name = "bytesfree", .letter = 'b', .field = &Config::bytesfree, .argument = "KB", .section = Section::spool,
     .aliases = {"freespace"}, .of_2_3_2 = true, .max = kMaxKilobytes, .unit = "KB",
     .help = "space that must stay free in virusdir",
     .man = "With less, mail is answered with a temporary error. 0 does not check.",
     .compat = {Compat::repaired,
                "with less, mail gets a temporary error and the daemon goes on; a value that is no number is "
                "refused"}},
};
// clang-format on

}  // namespace p3scan::config
