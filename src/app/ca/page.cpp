// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/ca/page.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "authority/certificate.h"

namespace p3scan::app::ca {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  return out;
}

/// Breaks lines between octets only.
std::string breakable(std::string_view print) {
  std::string out;
  for (const char c : print) {
    out += c;
    if (c == ':') out += "<wbr>";
  }
  return out;
}

std::string base64(std::string_view octets) {
  std::string text(((octets.size() + 2) / 3 * 4) + 1, '\0');
  // NOLINTBEGIN(cppcoreguidelines-pro-type-reinterpret-cast): octets and characters
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(octets.data()), static_cast<int>(octets.size()));
  // NOLINTEND(cppcoreguidelines-pro-type-reinterpret-cast)
  text.resize(static_cast<std::size_t>(size));
  return text;
}

/// RFC 9562, 5.8: of one's own making, the same for the same certificate.
std::string uuid(std::string_view what, const CaFacts& facts) {
  auto octets = authority::sha256(fmt::format("{} {}", what, facts.fingerprint)).substr(0, 16);
  octets[6] = static_cast<char>((static_cast<unsigned char>(octets[6]) & 0x0fU) | 0x80U);
  octets[8] = static_cast<char>((static_cast<unsigned char>(octets[8]) & 0x3fU) | 0x80U);
  std::string text;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02X}", static_cast<unsigned char>(octets[i]));
  }
  return text;
}

constexpr std::string_view kHead = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mail gateway certificate</title>
<style>
body { font: 1rem/1.5 sans-serif; max-width: 44rem; margin: 0 auto; padding: 1rem; color: #222; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 1.6rem 0 .3rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 1rem 0; }
dt { font-weight: bold; } dd { margin: 0; overflow-wrap: anywhere; }
code { font-size: .95em; } ol { margin: .3rem 0; padding-left: 1.5rem; }
.get a { display: inline-block; margin: 0 .5rem .5rem 0; padding: .4rem .8rem; color: #fff; background: #05508c;
  border-radius: .3rem; text-decoration: none; }
.note { padding: .6rem 1rem; background: #fff6dd; border-left: .3rem solid #c80; }
@media (prefers-color-scheme: dark) { body { color: #ddd; background: #1b1b1b; } .note { background: #3a3017; } }
</style>
</head>
<body>
<h1>Certificate of the mail gateway</h1>
<p>On this network mail is scanned for viruses, also where mail program and server encrypt. For that, the mail programs
have to know the certificate below. Without it they warn of a certificate that is not trusted.</p>
)";

constexpr std::string_view kDownloads = R"(<p class="get">
<a href="/p3scan.crt">Certificate (.crt)</a>
<a href="/p3scan.pem">Certificate (.pem)</a>
<a href="/p3scan.mobileconfig">Profile for iPhone, iPad, Mac</a>
</p>
<p class="note">Compare the fingerprint with the one that your administrator tells you (<code>p3scan ca show</code>
prints it) before you trust the certificate: this page itself is not protected. Whoever installs the certificate lets the
gateway read the mail that passes it.</p>
)";

constexpr std::string_view kSteps = R"(<h2>Windows (Outlook and other programs)</h2>
<ol>
<li>Download the .crt file and open it.</li>
<li>Choose <b>Install Certificate</b>, then <b>Local Machine</b> (or <b>Current User</b>).</li>
<li>Choose <b>Place all certificates in the following store</b>, <b>Browse</b>, <b>Trusted Root Certification
Authorities</b>.</li>
<li>Finish, and start the mail program again.</li>
</ol>
<h2>macOS (Apple Mail)</h2>
<ol>
<li>Download the profile and open it, or open the .crt file, which adds it to the keychain <b>System</b>.</li>
<li>A profile is installed in <b>System Settings</b> under <b>Device Management</b> (or <b>Profiles</b>).</li>
<li>In <b>Keychain Access</b> open the certificate, and under <b>Trust</b> choose <b>Always Trust</b>.</li>
</ol>
<h2>iPhone and iPad</h2>
<ol>
<li>Open this page in Safari and download the profile.</li>
<li>Install it under <b>Settings</b>, <b>Profile Downloaded</b> (or <b>General</b>, <b>VPN &amp; Device
Management</b>).</li>
<li>Switch it on under <b>General</b>, <b>About</b>, <b>Certificate Trust Settings</b>.</li>
</ol>
<h2>Android</h2>
<ol>
<li>Download the .crt file.</li>
<li>In <b>Settings</b> look for <b>CA certificate</b> (often <b>Security</b>, <b>More security settings</b>, <b>Encryption
&amp; credentials</b>, <b>Install a certificate</b>), and choose the file.</li>
<li>Some mail programs trust only the certificates of the system. The administrator can let their servers pass with the
option tlsbypass.</li>
</ol>
<h2>Thunderbird</h2>
<ol>
<li>Thunderbird has a store of its own. Download the .pem or .crt file.</li>
<li>In <b>Settings</b>, <b>Privacy &amp; Security</b>, <b>Certificates</b> choose <b>Manage Certificates</b>,
<b>Authorities</b>, <b>Import</b>.</li>
<li>Tick <b>Trust this CA to identify websites</b>, which holds for mail servers, too.</li>
</ol>
<h2>Linux</h2>
<ol>
<li>Debian and Ubuntu: put the .pem file as <code>/usr/local/share/ca-certificates/p3scan.crt</code> and run
<code>update-ca-certificates</code>.</li>
<li>Fedora and its relatives: put it into <code>/etc/pki/ca-trust/source/anchors</code> and run
<code>update-ca-trust</code>.</li>
</ol>
</body>
</html>
)";

}  // namespace

std::string date(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%d}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

CaFacts facts_of(const X509* certificate) {
  return {.name = authority::common_name(certificate),
          .fingerprint = authority::fingerprint(certificate),
          .valid_until = date(authority::ends(certificate)),
          .permitted = authority::permitted_domains(certificate),
          .der = authority::to_der(certificate),
          .pem = authority::to_pem(certificate)};
}

std::string page(const CaFacts& facts) {
  std::string text(kHead);
  text += fmt::format("<dl>\n<dt>Name</dt><dd>{}</dd>\n<dt>SHA-256 fingerprint</dt><dd><code>{}</code></dd>\n",
                      escaped(facts.name), breakable(facts.fingerprint));
  text += fmt::format("<dt>Valid until</dt><dd>{}</dd>\n", facts.valid_until);
  if (!facts.permitted.empty())
    text += fmt::format("<dt>Only for servers in</dt><dd>{}</dd>\n",
                        escaped(fmt::format("{}", fmt::join(facts.permitted, ", "))));
  text += "</dl>\n";
  text += kDownloads;
  text += kSteps;
  return text;
}

std::string mobileconfig(const CaFacts& facts) {
  constexpr std::string_view kFormat = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
<key>PayloadType</key><string>Configuration</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>p3scan.ca.{0}</string>
<key>PayloadUUID</key><string>{0}</string>
<key>PayloadDisplayName</key><string>{2}</string>
<key>PayloadDescription</key><string>Trusts the mail gateway of this network.</string>
<key>PayloadContent</key>
<array>
<dict>
<key>PayloadType</key><string>com.apple.security.root</string>
<key>PayloadVersion</key><integer>1</integer>
<key>PayloadIdentifier</key><string>p3scan.ca.{1}</string>
<key>PayloadUUID</key><string>{1}</string>
<key>PayloadDisplayName</key><string>{2}</string>
<key>PayloadCertificateFileName</key><string>p3scan.crt</string>
<key>PayloadContent</key><data>{3}</data>
</dict>
</array>
</dict>
</plist>
)";
  return fmt::format(kFormat, uuid("profile", facts), uuid("certificate", facts), escaped(facts.name),
                     base64(facts.der));
}

std::optional<Document> document(std::string_view path, const CaFacts& facts) {
  path = path.substr(0, path.find('?'));
  if (path == "/") return Document{.type = "text/html; charset=utf-8", .body = page(facts)};
  if (path == "/p3scan.crt") return Document{.type = "application/x-x509-ca-cert", .body = facts.der};
  if (path == "/p3scan.pem") return Document{.type = "application/x-pem-file", .body = facts.pem};
  if (path == "/p3scan.mobileconfig")
    return Document{.type = "application/x-apple-aspen-config", .body = mobileconfig(facts)};
  return std::nullopt;
}

}  // namespace p3scan::app::ca
