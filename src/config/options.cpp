// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "config/option.h"

// The option table: the one place that says what a setting is called, accepts and means. Letters and
// names marked of_2_3_2 are fixed, scripts and configuration files in the field use them.
namespace p3scan::config {
namespace {

constexpr std::uint64_t kMaxKilobytes = std::uint64_t{1} << 42;  // keeps the number of octets within 63 bits

// clang-format off: a row reads better packed
constexpr Option kOptions[] = {
    // Interception
    {.name = "ip", .letter = 'i', .field = &Config::ip, .argument = "ADDRESS", .section = Section::interception,
     .of_2_3_2 = true, .check = check_ip, .example = "192.0.2.1",
     .help = "address to listen on",
     .man = "IPv4 or IPv6, in numbers; repeat the option or separate several by commas. Without it p3scan listens "
            "on all addresses of both."},
    {.name = "port", .letter = 'p', .field = &Config::port, .argument = "PORT", .section = Section::interception,
     .of_2_3_2 = true,
     .help = "port to listen on",
     .man = "The port that the redirection rules of the firewall name. Ports may be given as number or by the name "
            "of a mail service."},
    {.name = "tproxy", .field = &Config::tproxy, .section = Section::interception,
     .help = "connections arrive by TPROXY instead of REDIRECT",
     .man = "The destination is then the local address of the accepted connection, and the server sees the client's "
            "own address."},
    {.name = "targetip", .letter = 'I', .field = &Config::targetip, .argument = "HOST",
     .section = Section::interception, .of_2_3_2 = true, .check = check_host, .example = "mail.example.net",
     .help = "connect every session to this host",
     .man = "A host name or an IPv4 or IPv6 address. Without it, or with 0.0.0.0, p3scan is transparent: a session "
            "goes where the client was connecting to."},
    {.name = "targetport", .letter = 'P', .field = &Config::targetport, .argument = "PORT",
     .section = Section::interception, .of_2_3_2 = true,
     .help = "port to connect to, with targetip"},
    {.name = "useurl", .letter = 'U', .field = &Config::useurl, .section = Section::interception, .of_2_3_2 = true,
     .help = "take the POP3 server from the login name",
     .man = "The client logs in as name#host:port; without :port the server's port is 110. See also useurlallow."},
    {.name = "useurlallow", .field = &Config::useurlallow, .argument = "HOST|NETWORK",
     .section = Section::interception, .check = check_network, .example = "pop.example.net, 198.51.100.0/24",
     .help = "servers that useurl may connect to",
     .man = "Host names, addresses and networks; repeat the option or separate several by commas. Without it every "
            "server may be named except those with private, link-local or loopback addresses."},

    // Protocols
    {.name = "emailport", .letter = 'E', .field = &Config::emailport, .argument = "PORT",
     .section = Section::protocol, .aliases = {"smtpport"}, .of_2_3_2 = true,
     .help = "destination ports that carry SMTP",
     .man = "Repeat the option or separate several by commas. Connections to other ports are taken as POP3 unless "
            "the server's greeting says otherwise."},
    {.name = "barelf", .field = &Config::barelf, .argument = "normalize|reject|pass", .section = Section::protocol,
     .help = "what to do with CR or LF alone in outgoing mail",
     .man = "normalize makes each a complete CRLF, reject refuses the mail, pass leaves the bytes alone. Whatever "
            "is chosen, what is scanned is what is sent, and only CRLF.CRLF ends a message."},
    {.name = "broken", .letter = 'B', .field = &Config::broken, .section = Section::protocol, .of_2_3_2 = true,
     .help = "keep mail programs waiting with whole lines",
     .man = "Accepted for old configuration files; p3scan always sends whole header lines while a scan lasts."},
    {.name = "enabletop", .letter = 'J', .field = &Config::enabletop, .section = Section::protocol, .of_2_3_2 = true,
     .help = "let the TOP command pass",
     .man = "Accepted for old configuration files; TOP always works and what it shows is always scanned."},

    // Scanning
    {.name = "scannertype", .letter = 'T', .field = ScannertypeLine{}, .argument = "libclamav|clamd|basic",
     .section = Section::scanning, .of_2_3_2 = true,
     .help = "the scanner to use",
     .man = "libclamav (or clamav) is built in. clamd asks one or several ClamAV daemons. basic runs a program for "
            "each mail. Each scannertype line starts a scanner of its own, which the scanner lines below it belong "
            "to; with several, all of them must find a mail clean. When only scanner is given, the type is basic."},
    {.name = "scanner", .letter = 's', .field = ScannerLine{}, .argument = "TARGET", .section = Section::scanning,
     .of_2_3_2 = true, .example = "127.0.0.1:3310",
     .help = "where the scanner is, or what to run",
     .man = "For clamd: host:port, [IPv6]:port or /path/to/socket; repeated or separated by commas they form a pool "
            "that shares the work and survives the loss of all but one. Without it clamd is expected at "
            "127.0.0.1:3310. For basic: a command line, whose words may be quoted; the path of the mail is added as "
            "last argument and no shell is involved. libclamav takes none."},
    {.name = "clamdb", .field = &Config::clamdb, .argument = "DIRECTORY", .section = Section::scanning,
     .check = check_path,
     .help = "signature database of libclamav",
     .man = "It is loaded again whenever it changes, without a pause."},
    {.name = "viruscode", .letter = 'c', .field = &Config::viruscode, .argument = "NUMBERS",
     .section = Section::scanning, .of_2_3_2 = true, .min = 1, .max = 255,
     .help = "exit codes of basic that mean virus",
     .man = "Separated by commas or blanks."},
    {.name = "goodcode", .letter = 'G', .field = &Config::goodcode, .argument = "NUMBERS",
     .section = Section::scanning, .of_2_3_2 = true, .min = 0, .max = 255, .example = "10, 11",
     .help = "exit codes of basic, besides 0, that mean clean",
     .man = "Separated by commas or blanks. Any other code is a failure of the scanner."},
    {.name = "virusregexp", .letter = 'g', .field = RegexpOption{}, .argument = "REGEXP[/N]",
     .section = Section::scanning, .of_2_3_2 = true, .min = 2, .max = 4000, .example = ".*: (.*) FOUND",
     .help = "finds the virus name in the output of basic",
     .man = "A Perl-compatible regular expression, ungreedy. /N with one digit at the end selects the sub-pattern "
            "that is the name; the first when it is missing."},
    {.name = "checksize", .letter = 'C', .field = &Config::checksize, .argument = "KB", .section = Section::scanning,
     .aliases = {"smtpsize"}, .of_2_3_2 = true, .max = UINT32_MAX, .unit = "KB",
     .help = "do not scan outgoing mail announced larger than this",
     .man = "0 scans everything. Mail that passes because of this limit has not been looked at."},

    // Policies
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

    // Outcome
    {.name = "template", .letter = 't', .field = &Config::templatefile, .argument = "FILE",
     .section = Section::outcome, .of_2_3_2 = true, .check = check_path,
     .help = "text of the notification",
     .man = "It begins with header lines such as MIME-Version and Content-Type, then an empty line and the body. "
            "%VARIABLES% in it are replaced. When the default file does not exist a built-in English text is used."},
    {.name = "virusdir", .letter = 'r', .field = &Config::virusdir, .argument = "DIRECTORY",
     .section = Section::outcome, .of_2_3_2 = true, .check = check_path,
     .help = "quarantine and spool directory",
     .man = "Infected incoming mail is kept here as p3scan.XXXXXX, readable by the owner only."},
    {.name = "justdelete", .letter = 'j', .field = &Config::justdelete, .section = Section::outcome,
     .aliases = {"delete"}, .of_2_3_2 = true,
     .help = "delete infected mail instead of keeping it"},
    {.name = "notify", .letter = 'N', .field = &Config::notify, .argument = "TEXT", .section = Section::outcome,
     .aliases = {"delnotify"}, .of_2_3_2 = true, .max = 900,
     .help = "stands for %P3SCANID% with justdelete"},
    {.name = "subject", .letter = 'S', .field = &Config::subject, .argument = "TEXT", .section = Section::outcome,
     .of_2_3_2 = true, .max = 900,
     .help = "begins the subject of a notification",
     .man = "The name of the virus follows."},
    {.name = "smtprset", .letter = 'R', .field = &Config::smtprset, .argument = "TEXT", .section = Section::outcome,
     .of_2_3_2 = true, .max = 200,
     .help = "reply to infected outgoing mail, after 554"},
    {.name = "xheader", .field = &Config::xheader, .section = Section::outcome,
     .help = "add an X-P3Scan header to clean mail",
     .man = "With xheader = no clean mail passes byte for byte."},

    // Time
    {.name = "timeout", .letter = 'O', .field = &Config::timeout, .argument = "SECONDS", .section = Section::time,
     .of_2_3_2 = true, .min = 1, .max = 9999, .unit = "seconds",
     .help = "interval of keep-alive signs while a scan lasts"},
    {.name = "idletimeout", .field = &Config::idletimeout, .argument = "SECONDS", .section = Section::time, .min = 10,
     .max = 86400, .unit = "seconds",
     .help = "end a session after this long without traffic",
     .man = "RFC 1939 and RFC 5321 ask for ten and five minutes at least."},
    {.name = "connecttimeout", .field = &Config::connecttimeout, .argument = "SECONDS", .section = Section::time,
     .min = 1, .max = 3600, .unit = "seconds",
     .help = "longest wait for a connection to the server"},
    {.name = "scantimeout", .field = &Config::scantimeout, .argument = "SECONDS", .section = Section::time, .min = 1,
     .max = 86400, .unit = "seconds",
     .help = "longest scan of one mail, all scanners together",
     .man = "After that the scan has failed, see onfailure."},
    {.name = "draintime", .field = &Config::draintime, .argument = "SECONDS", .section = Section::time, .max = 86400,
     .unit = "seconds",
     .help = "grace for running sessions when p3scan is stopped"},

    // Limits
    {.name = "maxchilds", .letter = 'm', .field = &Config::maxchilds, .argument = "NUMBER",
     .section = Section::limits, .of_2_3_2 = true, .min = 1, .max = 1000000,
     .help = "most sessions at once",
     .man = "Further clients wait, none is dropped."},
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
    {.name = "threads", .field = &Config::threads, .argument = "NUMBER", .section = Section::limits, .max = 256,
     .help = "threads that serve sessions",
     .man = "0 starts one per processor."},
    {.name = "workers", .field = &Config::workers, .argument = "NUMBER", .section = Section::limits, .max = 256,
     .help = "processes that scan with libclamav",
     .man = "0 starts one per processor."},

    // Spool
    {.name = "spoolmemory", .field = &Config::spoolmemory, .argument = "KB", .section = Section::spool,
     .max = 1048576, .unit = "KB",
     .help = "a mail up to this size is kept in memory",
     .man = "Larger ones go on to a nameless file in virusdir."},
    {.name = "bytesfree", .letter = 'b', .field = &Config::bytesfree, .argument = "KB", .section = Section::spool,
     .aliases = {"freespace"}, .of_2_3_2 = true, .max = kMaxKilobytes, .unit = "KB",
     .help = "space that must stay free in virusdir",
     .man = "With less, mail is answered with a temporary error. 0 does not check."},

    // Daemon
    {.name = "user", .letter = 'u', .field = &Config::user, .argument = "NAME", .section = Section::daemon,
     .of_2_3_2 = true, .check = check_user,
     .help = "user to run as when started by root"},
    {.name = "pidfile", .letter = 'l', .field = &Config::pidfile, .argument = "FILE", .section = Section::daemon,
     .of_2_3_2 = true, .check = check_path,
     .help = "where the process id is written",
     .man = "A file left behind is replaced; when the process in it is alive p3scan refuses to start."},
    {.name = "debug", .letter = 'd', .field = &Config::debug, .section = Section::daemon, .of_2_3_2 = true,
     .help = "stay in the foreground, log everything to stderr",
     .man = "Passwords are not logged, here neither."},
    {.name = "quiet", .letter = 'q', .field = &Config::quiet, .section = Section::daemon, .of_2_3_2 = true,
     .help = "log problems only"},

    // Command line only
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

}  // namespace

std::span<const Option> options() { return kOptions; }

}  // namespace p3scan::config
