// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace p3scan::config {

using std::chrono::seconds;

enum class Barelf { normalize, reject, pass };
enum class TlsBad { mirror, refuse, accept };
/// What becomes of TLS on a destination port.
enum class TlsMode {
  legacy,     // from the start of a connection, towards the server only: the client speaks plain text
  intercept,  // on both sides, by certificates of our own CA
  pass,       // untouched and unscanned
  refuse,
};
enum class TlsClientCert { pass, refuse };
enum class OnFailure { tempfail, deliver };
enum class OnUnscannable { deliver_marked, notify, tempfail, reject };
enum class ScannerType { libclamav, clamd, basic, bash, avpd, avpd_new, trophie, sophie, icap, fprot, fsecure };
enum class Attachments { off, rename, remove, quarantine_part };  // "delete" is remove
enum class OnSigned { pass, notify, edit };
enum class SpamType { command, spamd, rspamd, dspam };
enum class HtmlClean { off, webbugs, strict, p3pmail };

/// A policy may differ by the way a message travels ("in:notify out:reject"); one word sets both.
/// Never in it: incoming reject, outgoing notify.
template <class T>
struct PerDirection {
  T incoming;
  T outgoing;
  bool operator==(const PerDirection&) const = default;
};

struct TlsPort {
  std::uint16_t port;
  TlsMode mode;
  auto operator<=>(const TlsPort&) const = default;
};

struct ScannerConfig {
  ScannerType type = ScannerType::libclamav;
  /// clamd: pool of "host:port", "[v6]:port", "/path/socket"; basic, bash, fprot, fsecure: one command line;
  /// avpd, avpd_new: the directory of the socket; trophie, sophie: one socket; icap: pool of
  /// "icap://host:port/service"; libclamav: none.
  std::vector<std::string> targets;
  bool operator==(const ScannerConfig&) const = default;
};

/// Every setting with its default. What a setting is called and means stands once, in options.cpp.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order of their meaning
struct Config {
  // Interception
  std::vector<std::string> ip;  // listen addresses, IPv4 or IPv6 literals; none = all of both
  std::uint16_t port = 8110;
  bool tproxy = false;
  std::string targetip;  // host name or address; empty = transparent
  std::uint16_t targetport = 8110;
  bool useurl = false;
  std::vector<std::string> useurlallow;  // host names, addresses, networks (a.b.c.d/n, v6/n)
  std::vector<std::uint16_t> emailport = {25};
  std::vector<std::uint16_t> sslport = {995};   // POP3 over TLS
  std::vector<std::uint16_t> imapport = {143};  // IMAP

  // TLS
  std::vector<TlsPort> tls;              // ports that are not named have a mode of their own, see session/tls_mode
  TlsBad tlsbad = TlsBad::mirror;        // a server whose certificate has a flaw; mirror in plain text: refuse
  std::string cadir = "/etc/p3scan/ca";  // CA for interception, see authority/files.h
  std::string tlsroots;                  // more trusted roots, a file in PEM
  std::string tlscrl;                    // revoked certificates, a file in PEM
  std::vector<std::string> tlsbypass;    // host, *.suffix, address or network of the server, client:NETWORK
  bool tlslearn = false;                 // pass clients that reject our certificates again and again
  TlsClientCert tlsclientcert = TlsClientCert::pass;  // servers that insist on one
  seconds tlswait{2};                                 // silence after which a client of a TLS port speaks plain text

  bool authuser = false;                       // useurl: only logins with a file in usersdir
  std::string usersdir = "/etc/p3scan/users";  // holds files USER#SERVER:PORT

  // Time
  seconds timeout{30};       // keep-alive interval
  seconds idletimeout{600};  // session without traffic
  seconds connecttimeout{30};
  seconds scantimeout{300};   // one message, all engines
  seconds draintime{30};      // SIGTERM: grace for running sessions
  seconds filtertimeout{60};  // one filter, one message
  bool broken = false;        // accepted: keep-alive always sends whole lines

  // Limits
  std::uint32_t maxchilds = 1000;
  std::uint32_t maxperclient = 100;
  std::uint32_t maxline = 65536;       // octets of a command or reply line
  std::uint32_t maxpipeline = 1000;    // commands without their reply yet
  std::uint64_t maxmessage = 1048576;  // KB; 0 = no limit
  std::uint32_t imapkeep = 8;          // decided messages of one IMAP session kept for further pieces
  std::uint64_t imapkeepsize = 65536;  // KB of all of them; the last one is kept whatever its size
  std::uint32_t threads = 0;           // event loops; 0 = one per core
  std::uint32_t workers = 0;           // scanning processes; 0 = one per core

  // Scanning
  std::vector<ScannerConfig> scanners;  // never empty after finish(): libclamav by default
  std::string clamdb = "/var/lib/clamav";
  bool clamdb_given = false;
  bool scanner_given = false;
  std::vector<int> viruscode = {1};
  std::vector<int> goodcode;
  std::string virusregexp;  // PCRE, ungreedy, without the /N
  int virusregexp_part = 1;
  PerDirection<OnFailure> onfailure = {OnFailure::tempfail, OnFailure::tempfail};
  PerDirection<OnUnscannable> onunscannable = {OnUnscannable::deliver_marked, OnUnscannable::deliver_marked};
  std::uint32_t checksize = 0;  // KB; SMTP mail announced larger is not scanned; 0 = scan all
  std::uint32_t skipsize = 0;   // KB; POP3 mail of at least this size is not scanned; 0 = scan all
  bool demime = false;          // scanners that know no mail get the unpacked parts
  bool noeom = false;           // programs that read a mail see it without the line "."
  Barelf barelf = Barelf::normalize;
  bool enabletop = false;  // accepted: TOP is always scanned

  // Attachments
  Attachments attachments = Attachments::off;
  std::vector<std::string> badattach;  // file name extensions; empty = the built-in list
  std::vector<std::string> badtype;    // MIME types; empty = the built-in list
  bool badmagic = true;                // content that says executable counts, too
  bool attachzip = true;               // look at the names inside zip archives
  bool attachout = false;              // outgoing mail, too
  OnSigned onsigned = OnSigned::notify;
  std::string renattach;  // command; empty = none

  // Spam
  bool checkspam = false;
  SpamType spamtype = SpamType::command;
  std::string spamcheck = "/usr/bin/spamc";  // command
  bool spamcheck_given = false;              // spamtype dspam has a default of its own
  std::vector<std::string> spamserver;       // "host:port", "/socket"; after finish() never empty for spamd and rspamd
  std::string spamuser;                      // empty = the login name of the session
  std::uint32_t spamsize = 512;              // KB; larger mail is not checked; 0 = check all
  std::string spamsubject;                   // put in front of the subject of spam; empty = leave it alone
  bool spamdelete = false;
  bool spamreject = false;  // refuse outgoing spam
  bool spamout = false;     // check outgoing mail; true after finish() with spamreject
  std::string ispspam;      // a mail whose header contains this is not checked; empty = none
  bool nospampipe = false;  // the command gets the name of a file instead of a pipe

  // HTML
  HtmlClean htmlclean = HtmlClean::off;
  std::string overwrite;  // command; empty = none

  // Lists of senders; a file that does not exist is an empty list
  std::string whitelist = "/etc/p3scan/p3scan.whitelist";
  std::string blacklist = "/etc/p3scan/p3scan.blacklist";
  std::string userlist;  // directory of lists per user, or "~" for /home/USER; empty = none
  std::string blacksubj = "[Blacklisted] mail to you:";
  bool blackshort = false;

  // Outcome
  std::string templatefile = "/etc/p3scan/p3scan.mail";  // "template"
  bool template_given = false;                           // else a built-in English text stands in for a missing file
  std::string virusdir = "/var/spool/p3scan";
  bool justdelete = false;
  std::string notify = "Per instruction, the message has been deleted.";
  std::string subject = "[Virus] found in a mail to you:";
  std::string smtprset = "Virus detected! P3scan rejected message!";
  bool xheader = true;
  bool altvnmsg = false;        // the scanner may edit a copy of the template
  std::string language = "en";  // of built-in texts; "auto" = the mail's own
  bool language_given = false;
  std::string footer;                                    // command whose output is %VDINFO%; empty = the scanner tells
  std::string footerfile = "/etc/p3scan/p3scan.footer";  // text added to outgoing mail; may be missing

  // Mail to administrators
  std::vector<std::string> extra;                          // addresses that are told of each virus
  std::string extratemplate = "/etc/p3scan/p3scan.extra";  // may be missing
  std::vector<std::string> emergcon = {"root@localhost", "postmaster@localhost"};
  std::string xmail = "/bin/mail";  // command
  std::string notifysmtp;           // "host:port" instead of xmail; empty = xmail
  std::string notifyfrom;           // empty = postmaster@HOSTNAME
  std::uint32_t notifyrate = 20;    // mails per hour; what goes beyond is summed up in one
  std::string notifydir = "/var/spool/p3scan/notify";

  // Spool
  std::uint32_t spoolmemory = 256;  // KB
  std::uint64_t bytesfree = 10000;  // KB

  // Daemon
  std::string configfile = "/etc/p3scan/p3scan.conf";
  std::string pidfile = "/var/run/p3scan/p3scan.pid";
  std::string user = "mail";
  bool debug = false;
  bool quiet = false;
  bool debug_imap = false;  // topics that debug shows, too
  bool debug_memory = false;
  bool debug_message = false;
  bool debug_scanning = false;
  bool debug_smtp = false;
  bool password = false;  // debug output shows passwords
  bool cleankill = false;
  std::uint32_t logopt = 3;   // option bits of openlog(3): LOG_PID | LOG_CONS
  std::uint32_t logfac = 24;  // facility of openlog(3): LOG_DAEMON

  bool operator==(const Config&) const = default;
};

}  // namespace p3scan::config
