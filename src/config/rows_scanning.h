// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include "config/option.h"

// Part of the option table, see options.cpp.
namespace p3scan::config {

// clang-format off: a row reads better packed
inline constexpr Option kScanningRows[] = {
    {.name = "scannertype", .letter = 'T', .field = ScannertypeLine{}, .argument = "TYPE",
     .section = Section::scanning, .of_2_3_2 = true,
     .help = "the scanner to use",
     .man = "libclamav (or clamav) is built in. clamd asks one or several ClamAV daemons, icap one or several servers "
            "of RFC 3507. basic runs a program for each mail, bash one that is told about the mail in its arguments; "
            "fprot and fsecure are basic with the right codes and expressions of these programs. avpd, avpd_new, "
            "trophie and sophie ask the daemons of that name. Each scannertype line starts a scanner of its own, which the scanner lines below it belong "
            "to; with several, all of them must find a mail clean. When only scanner is given, the type is basic.",
     .compat = {Compat::repaired,
                "a scanner that can't be used keeps p3scan from starting instead of letting mail pass; the default "
                "is libclamav as in 3.0"}},
    {.name = "scanner", .letter = 's', .field = ScannerLine{}, .argument = "TARGET", .section = Section::scanning,
     .of_2_3_2 = true, .example = "127.0.0.1:3310",
     .help = "where the scanner is, or what to run",
     .man = "For clamd: host:port, [IPv6]:port or /path/to/socket; repeated or separated by commas they form a pool "
            "that shares the work and survives the loss of all but one. Without it clamd is expected at "
            "127.0.0.1:3310. For basic: a command line, whose words may be quoted; the path of the mail is added as "
            "last argument and no shell is involved. fprot and fsecure know their program; a command line here takes "
            "its place. For icap: icap://host:port/service; with several, each is asked when those before it fail. The "
            "service must answer 204 for mail that is clean (c-icap's virus_scan: allow204=on, SendPercentData 0, "
            "PassOnError off). For trophie and sophie: /path/to/socket. For avpd and avpd_new: the directory of the "
            "socket. These four are told a path below virusdir, which they must be able to read (a daemon with another "
            "user than ours needs the group of virusdir, and that directory mode 0750). kavdaemon calls every path clean "
            "that is not below a directory of its own list: virusdir must be there. libclamav takes none.",
     .compat = {Compat::repaired,
                "programs are started without a shell; clamd may be a host name, IPv6, a socket or a pool"}},
    {.name = "clamdb", .field = &Config::clamdb, .argument = "DIRECTORY", .section = Section::scanning,
     .check = check_path,
     .help = "signature database of libclamav",
     .man = "It is loaded again whenever it changes, without a pause."},
    {.name = "viruscode", .letter = 'c', .field = &Config::viruscode, .argument = "NUMBERS",
     .section = Section::scanning, .of_2_3_2 = true, .min = 1, .max = 255,
     .help = "exit codes of basic and bash that mean virus",
     .man = "Separated by commas or blanks.",
     .compat = {Compat::repaired, "any number of codes; 16 or more made 2.3.2 hang"}},
    {.name = "goodcode", .letter = 'G', .field = &Config::goodcode, .argument = "NUMBERS",
     .section = Section::scanning, .of_2_3_2 = true, .min = 0, .max = 255, .example = "10, 11",
     .help = "exit codes of basic and bash, besides 0, that mean clean",
     .man = "Separated by commas or blanks. Any other code is a failure of the scanner.",
     .compat = {Compat::repaired, "any number of codes; 16 or more made 2.3.2 hang"}},
    {.name = "virusregexp", .letter = 'g', .field = RegexpOption{}, .argument = "REGEXP[/N]",
     .section = Section::scanning, .of_2_3_2 = true, .min = 2, .max = 4000, .example = ".*: (.*) FOUND",
     .help = "finds the virus name in the output of basic and bash",
     .man = "A Perl-compatible regular expression, ungreedy. /N with one digit at the end selects the sub-pattern "
            "that is the name; the first when it is missing.",
     .compat = {Compat::same}},
    {.name = "checksize", .letter = 'C', .field = &Config::checksize, .argument = "KB", .section = Section::scanning,
     .aliases = {"smtpsize"}, .of_2_3_2 = true, .max = UINT32_MAX, .unit = "KB",
     .help = "do not scan outgoing mail announced larger than this",
     .man = "0 scans everything. Mail that passes because of this limit has not been looked at.",
     .compat = {Compat::repaired, "it holds for the mail that was announced, not for the rest of the session"}},
    {.name = "skipsize", .field = &Config::skipsize, .argument = "KB", .section = Section::scanning,
     .max = UINT32_MAX, .unit = "KB",
     .help = "do not scan incoming mail of at least this size",
     .man = "0 scans everything. Mail that passes because of this limit has not been looked at.",
     .compat = {Compat::repaired, "no LIST is needed before; 3.0 crashed without"}},
    {.name = "demime", .letter = 'x', .field = &Config::demime, .section = Section::scanning, .of_2_3_2 = true,
     .help = "unpack mail for scanners that know no mail",
     .man = "basic and bash get the directory of the parts, with the mail itself among them; avpd, avpd_new, trophie "
            "and sophie get the mail and each of the parts. ClamAV unpacks by itself, icap gets the mail as it is.",
     .compat = {Compat::repaired, "our own reader unpacks, within limits and with safe names"}},
    {.name = "noeom", .field = &Config::noeom, .section = Section::scanning,
     .help = "files for programs do not end in a line with a dot",
     .man = "Accepted for old configuration files; they never do.",
     .compat = {Compat::no_effect, "they never do: programs get the true octets of a mail, without stuffed dots"}},

    {.name = "onfailure", .field = &Config::onfailure, .argument = "POLICY", .section = Section::policy,
     .help = "what happens to a mail when no scanner answers",
     .man = "tempfail: a temporary error, the mail stays where it is and can be fetched or sent again later. "
            "deliver: it passes unscanned, with an X-P3Scan header that says so. One word is for both directions; to "
            "tell them apart, write in:WORD out:WORD."},
    {.name = "onunscannable", .field = &Config::onunscannable, .argument = "POLICY", .section = Section::policy,
     .help = "what happens to a mail that can't be looked into",
     .man = "That is: encrypted, over a limit of the scanner, nested too deep. deliver-marked: it passes with an "
            "X-P3Scan header that says so. tempfail: a temporary error. notify, for incoming mail: it is replaced "
            "by a notification, as if infected. reject, for outgoing mail: it is refused for good, as if infected. "
            "One word is for both directions, where notify and reject each stand for the other in theirs; to tell "
            "the directions apart, write in:WORD out:WORD."},
};
// clang-format on

}  // namespace p3scan::config
