// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "config/prose.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "config/value_text.h"

namespace p3scan::config {

const std::string_view kCaSynopsis = R"(.Nm
.Cm ca
.Cm init | rotate
.Op Fl \-name Ns = Ns Ar name
.Op Fl \-permit Ns = Ns Ar domain ...
.Op Fl f Ar FILE
.Nm
.Cm ca
.Cm show | export Oo Ar output Oc | serve Op Ar address:port
.Op Fl f Ar FILE
)";

const std::string_view kCaSection = R"(.Sh CERTIFICATE AUTHORITY
To scan what mail programs send and fetch over TLS,
.Nm
shows them certificates of its own, which are like those of the servers, and
signs them as a certificate authority (CA) that the mail programs must know.
Its files are in the directory that
.Cm cadir
names.
The keys are
.Sy root Ap s ;
only the process
.Ql p3scan-signer
reads them, which has no network and no files.
.Bl -tag -width Ds
.It Cm ca init
make the CA, and a second one: it signs for servers whose certificates are bad,
so that mail programs warn of them, and is not to be installed anywhere.
A key and certificate of one's own may be put into the directory before, as
.Pa ca.key
and
.Pa ca.pem .
.It Cm ca show
tell its name, fingerprint and validity, and whether the files are in order.
.It Cm ca export Op Ar output
write the certificate, for mail programs to know, in PEM and with those before
it that are still valid.
An
.Ar output
that ends in .crt, .cer or .der is in DER, in .mobileconfig a profile for iOS
and macOS.
.It Cm ca serve Op Ar address:port
show a web page with the certificate and the steps for Windows, macOS, iOS,
Android, Thunderbird and Linux; by default at 127.0.0.1:8180.
It ends when interrupted, and does not run as root.
.It Cm ca rotate
make new ones in their place.
The name and the domains stay unless given anew.
Install the new certificate where the old one was, then send
.Dv SIGHUP .
The old certificate is kept; its key is not.
.It Fl \-name Ns = Ns Ar name
the name that people see; by default it is made of that of the host.
.It Fl \-permit Ns = Ns Ar domain
the CA can certify servers of this domain and those below it only; other
connections need
.Cm tlsbypass .
Mail programs check that, too.
May be repeated.
.El
)";

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  for (auto word = ascii::take_word(text); !word.empty(); word = ascii::take_word(text)) {
    if (lines.empty() || lines.back().size() + 1 + word.size() > width)
      lines.emplace_back(word);
    else
      lines.back().append(" ").append(word);
  }
  return lines;
}

std::vector<std::string> sentences(std::string_view text) {
  std::vector<std::string> found;
  while (!text.empty()) {
    const auto end = text.find(". ");
    found.emplace_back(text.substr(0, end == std::string_view::npos ? end : end + 1));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  }
  return found;
}

std::string explanation(const Option& option) {
  std::string text(option.help);
  if (!text.starts_with("CR ") && !text.empty()) text[0] = ascii::upper(text[0]);
  text += ".";
  return option.man.empty() ? text : fmt::format("{} {}", text, option.man);
}

std::string default_sentence(const Option& option) {
  if (option.section == Section::command || option.is<Command>()) return {};
  const auto value = show_value(option, Config{});
  if (value.empty()) return "Not set by default.";
  const auto unit = option.unit.empty() ? std::string() : fmt::format(" {}", option.unit);
  return fmt::format("Default: {}{}{}", value, unit, value.ends_with('.') ? "" : ".");
}

}  // namespace p3scan::config
