// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>

#include "base/ascii.h"
#include "config/man_tls.h"
#include "config/prose.h"
#include "config/text.h"

namespace p3scan::config {
namespace {

constexpr std::string_view kDate = "November 24, 2026";
constexpr std::size_t kWidth = 76;

/// Plain words as mdoc(7) text: nothing in them may act as a request or an escape.
std::string escaped(std::string_view text) {
  std::string out;
  char before = ' ';
  for (const char c : text) {
    const bool minus = c == '-' && (ascii::is_space(before) || before == '-');
    if (c == '\\')
      out += "\\e";
    else
      out += minus ? "\\-" : std::string(1, c);
    before = c;
  }
  return out;
}

std::string paragraph(std::string_view text) {
  std::string out;
  for (const auto& sentence : sentences(text)) {
    for (const auto& line : wrap(escaped(sentence), kWidth))
      out += fmt::format("{}{}\n", line.starts_with('.') || line.starts_with('\'') ? "\\&" : "", line);
  }
  return out;
}

/// An argument of a macro: punctuation in it must not be taken for punctuation of the sentence.
std::string word(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' || c == '[' || c == ']' ? fmt::format("\\&{}\\&", c) : escaped({&c, 1});
  return out;
}

std::string command_line_item(const Option& option) {
  std::string out = ".It ";
  if (option.letter != 0 && option.takes_value())
    out += fmt::format("Fl {} Ar {} , ", option.letter, word(option.argument));
  if (option.letter != 0 && !option.takes_value()) out += fmt::format("Fl {} , ", option.letter);
  out += fmt::format("Fl \\-{}", option.name);
  if (option.takes_value()) out += fmt::format(" Ns = Ns Ar {}", word(option.argument));
  return out + "\n";
}

std::string aliases_sentence(const Option& option) {
  std::string names;
  for (const auto alias : option.aliases)
    if (!alias.empty()) names += fmt::format("{}{}", names.empty() ? "" : ", ", alias);
  return names.empty() ? names : fmt::format(" Also called {}.", names);
}

std::string file_item(const Option& option) {
  const auto argument = option.takes_value() ? word(option.argument) : std::string("yes\\&|\\&no");
  auto text = explanation(option) + aliases_sentence(option) + " " + default_sentence(option);
  if (option.at_start) text += " A change takes effect at the next start.";
  if (!option.example.empty()) text += fmt::format(" Example: {}.", option.example);
  return fmt::format(".It Cm {} No = Ar {}\n{}", option.name, argument, paragraph(text));
}

template <class Item>
std::string list_of(Section section, Item item) {
  std::string out = fmt::format(".Ss {}\n.Bl -tag -width Ds\n", title_of(section));
  for (const auto& option : options())
    if (option.section == section) out += item(option);
  return out + ".El\n";
}

std::string head(std::string_view title, std::string_view section) {
  return fmt::format(".\\\" Made by p3scan from its option table; do not edit.\n.Dd {}\n.Dt {} {}\n.Os\n.Sh NAME\n",
                     kDate, title, section);
}

constexpr std::string_view kPage8 = R"(.Nm p3scan
.Nd transparent mail scanning gateway
.Sh SYNOPSIS
.Nm
.Op Fl dq
.Op Fl f Ar FILE
.Op Ar options
.Nm
.Fl t | s
.Op Fl f Ar FILE
.Nm
.Fl h | v
.Nm
.Cm rules
.Cm nft | iptables
.Op Ar interface ...
.Op Fl \-apply | Fl \-remove
.Op Fl \-tproxy
.Op Fl \-local
.Op Fl \-ports Ns = Ns Ar port,...
.Op Fl f Ar FILE
)";

constexpr std::string_view kPage8Description = R"(.Sh DESCRIPTION
.Nm
takes over the POP3 and SMTP connections that a firewall redirects to it,
connects each to the server it was meant for and scans every mail on the way.
Neither mail programs nor mail servers have to be configured for that.
A clean mail passes.
An infected incoming mail is replaced by a notification and kept in the
quarantine; an infected outgoing mail is refused.
.Pp
Options come from the command line, from
.Xr p3scan.conf 5
and, where neither says anything, from the defaults, in this order.
Every long option is also a key of the configuration file, where each is
explained in full.
Long names may be cut as long as they are unambiguous.
A flag can be given as
.Fl \-name Ns =no ,
to switch off what the file switched on.
.Sh OPTIONS
)";

constexpr std::string_view kPage8Rest = R"(.Sh REDIRECTION
.Nm
.Cm rules
tells the packet filter which connections go to
.Nm :
those that come in by an
.Ar interface
and go to a port of
.Cm emailport , imapport
or
.Cm tls ,
or to 110, over IPv4 and IPv6; with a CA also to a port of
.Cm sslport
or to 465, 587 or 993.
Addresses, ports, user and
.Cm tproxy
are those of the configuration.
It prints a file for
.Ql nft -f
or a script for
.Xr sh 1
that may be run again and again; it changes nothing unless told to:
.Bl -tag -width Ds
.It Fl \-apply
set the rules, in place of earlier ones of
.Nm .
They are in a table
.Pq Ql inet p3scan
or in chains
.Pq Ql P3SCAN , P3SCAN_LOCAL
of their own; those of others are left alone, and sessions under way go on.
The next boot forgets them.
.It Fl \-remove
remove them; no
.Ar interface
is needed.
Sessions under way are cut.
.It Fl \-tproxy
for TPROXY even if the configuration does not say so.
The routes that it needs are set and removed too: a rule of priority 8110 and
the routing table 8110, for packets with the mark 0x200000.
.It Fl \-local
redirect the connections of programs on this host too, except those to this
host itself and those of the user that
.Nm
runs as, its own.
.It Fl \-ports Ns = Ns Ar port,...
redirect connections to these ports instead.
.El
)";

constexpr std::string_view kPage8End = R"(.Sh SIGNALS
.Bl -tag -width SIGTERM
.It Dv SIGTERM , Dv SIGINT
accept nothing new, let sessions end for at most
.Cm draintime
seconds, then stop
.It Dv SIGHUP
read the configuration again, and the CA; they hold for sessions that begin
afterwards
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/p3scan/p3scan.conf
configuration
.It Pa /etc/p3scan/ca
keys and certificates of the CA
.It Pa /etc/p3scan/p3scan.mail
text of the notification
.It Pa /var/spool/p3scan
quarantine and spool
.It Pa /var/run/p3scan/p3scan.pid
process id
.El
.Sh EXIT STATUS
.Ex -std
A mistake in options or configuration file is a failure and named on the
standard error, all mistakes at once.
.Sh EXAMPLES
Redirect the mail connections of the network behind eth1, and end that:
.Pp
.Dl p3scan rules nft eth1 \-\-apply
.Dl p3scan rules nft \-\-remove
.Pp
Make a CA, and show how to install it to the network behind eth1, whose side
of the gateway is 192.0.2.1:
.Pp
.Dl p3scan ca init
.Dl p3scan ca serve 192.0.2.1:8180
.Sh SEE ALSO
.Xr p3scan.conf 5 ,
.Xr clamd 8 ,
.Xr nft 8 ,
.Xr p3scan_readme 8
)";

constexpr std::string_view kPage5 = R"(.Nm p3scan.conf
.Nd configuration of p3scan
.Sh DESCRIPTION
.Nm
holds one option per line:
.Pp
.Dl name = value
.Pp
Blanks, tabs and equals signs may stand between name and value in any number.
The value is the rest of the line as it is, without quotes, escapes or
comments.
Names may be cut as long as they are unambiguous; upper and lower case
differ.
For a flag
.Cm yes ,
.Cm on
and
.Cm true
are the same as the name alone, and
.Cm no ,
.Cm off
and
.Cm false
switch it off.
.Pp
Empty lines are skipped, and lines that begin with #, ;, // or =, and
everything from a line that begins with /* to the next */.
.Pp
When an option is given more than once the last one counts, except for lists
such as
.Cm ip ,
which grow, and
.Cm scannertype ,
which starts another scanner each time.
Options of the command line win over the file.
.Pp
A mistake keeps p3scan from starting; all are reported with their line.
.Ql p3scan -t
reports them without starting anything, or says what the configuration means.
.Sh OPTIONS
)";

constexpr std::string_view kPage5Rest = R"(.Sh NOTIFICATION
These names between percent signs are replaced in the file that
.Cm template
names, as in %VIRUSNAME%; others are left alone:
.Pp
.Bl -tag -width Ds -compact
.It Cm HOSTNAME , DOMAINNAME
this host
.It Cm PROGNAME , VERSION
this program
.It Cm CLIENTIP , CLIENTPORT
the mail program's address
.It Cm SERVERIP , SERVERPORT
the mail server's address
.It Cm PROTOCOL
POP3, SMTP or IMAP; POP3S, SMTPS or IMAPS from the first octet inside TLS;
POP3+TLS, SMTP+TLS or IMAP+TLS after an upgrade
.It Cm USERNAME
the login
.It Cm MAILDATE
time of the scan
.It Cm MAILFROM , MAILTO , SUBJECT
what the header of the mail says
.It Cm VIRUSNAME
what was found
.It Cm VDINFO
version of the scanner
.It Cm MAILFILE
the file that was scanned
.It Cm P3SCANID
name in the quarantine, or the text of
.Cm notify
.El
.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/p3scan/p3scan.conf
.El
.Sh EXAMPLES
Ask two clamd, and a second scanner that is a program:
.Bd -literal -offset indent
scannertype = clamd
scanner = 192.0.2.5:3310, 192.0.2.6:3310
scannertype = basic
scanner = /usr/local/bin/otherscan --quiet
viruscode = 1, 2
.Ed
)";

constexpr std::string_view kPage5Compat = R"(.Sh COMPATIBILITY
Configuration files of 2.3.2 and 3.0 are right as they are, with the names of
both.
What became of each option:
.Pp
)";

constexpr std::string_view kPage5End = R"(.Sh SEE ALSO
.Xr p3scan 8
)";

std::string compat_item(const Option& option) {
  std::string names(option.name);
  for (const auto alias : option.aliases)
    if (!alias.empty()) names += fmt::format(" , {}", alias);
  std::string text;
  switch (option.compat.kind) {
    case Compat::fresh: return {};
    case Compat::same: text = "Same"; break;
    case Compat::repaired: text = "Repaired"; break;
    case Compat::no_effect: text = "Accepted without effect"; break;
  }
  if (!option.compat.text.empty()) text += fmt::format(": {}", option.compat.text);
  return fmt::format(".It Cm {}\n{}", names, paragraph(text + "."));
}

std::string compat_section() {
  std::string out = std::string(kPage5Compat) + ".Bl -tag -width Ds -compact\n";
  for (const auto& option : options()) out += compat_item(option);
  return out + ".El\n";
}

}  // namespace

std::string man_p3scan() {
  const auto item = [](const Option& option) {
    return command_line_item(option) +
           paragraph(option.section == Section::command ? explanation(option) : std::string(option.help));
  };
  std::string out = head("P3SCAN", "8");
  out += kPage8;
  out += kCaSynopsis;
  out += kPage8Description;
  out += list_of(Section::command, item);
  for (const auto section : kFileSections) out += list_of(section, item);
  out += kPage8Rest;
  out += kCaSection;
  out += kPage8End;
  return out;
}

std::string man_conf() {
  std::string out = head("P3SCAN.CONF", "5");
  out += kPage5;
  for (const auto section : kFileSections) out += list_of(section, file_item);
  out += kPage5Tls;
  out += kPage5Rest;
  out += compat_section();
  out += kPage5End;
  return out;
}

}  // namespace p3scan::config
