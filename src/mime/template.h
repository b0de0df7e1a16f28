// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>

namespace p3scan::mime {

/// What the %VARIABLES% of a template stand for. Anything may be empty; expand() puts the values in as they are.
struct TemplateValues {
  std::string hostname;
  std::string domainname;
  std::string progname = "P3Scan";
  std::string version = P3SCAN_VERSION;
  std::string clientip;
  std::string clientport;
  std::string serverip;
  std::string serverport;
  std::string protocol;  // POP3, POP3S, SMTP, IMAP
  std::string vdinfo;    // about the engine and its database; may have several lines
  std::string username;
  std::string maildate;  // of the scan, see rfc5322_date()
  std::string mailfrom;
  std::string subject;
  std::string mailto;
  std::string virusname;
  std::string mailfile;  // path of the spooled message
  std::string p3scanid;  // name in the quarantine
};

/// All variables in one list, for those who change every value alike. Names are matched with their case.
struct TemplateVariable {
  std::string_view name;  // without the percent signs
  std::string TemplateValues::* value;
};
inline constexpr TemplateVariable kTemplateVariables[] = {
    {.name = "HOSTNAME", .value = &TemplateValues::hostname},
    {.name = "DOMAINNAME", .value = &TemplateValues::domainname},
    {.name = "PROGNAME", .value = &TemplateValues::progname},
    {.name = "VERSION", .value = &TemplateValues::version},
    {.name = "CLIENTIP", .value = &TemplateValues::clientip},
    {.name = "CLIENTPORT", .value = &TemplateValues::clientport},
    {.name = "SERVERIP", .value = &TemplateValues::serverip},
    {.name = "SERVERPORT", .value = &TemplateValues::serverport},
    {.name = "PROTOCOL", .value = &TemplateValues::protocol},
    {.name = "VDINFO", .value = &TemplateValues::vdinfo},
    {.name = "USERNAME", .value = &TemplateValues::username},
    {.name = "MAILDATE", .value = &TemplateValues::maildate},
    {.name = "MAILFROM", .value = &TemplateValues::mailfrom},
    {.name = "SUBJECT", .value = &TemplateValues::subject},
    {.name = "MAILTO", .value = &TemplateValues::mailto},
    {.name = "VIRUSNAME", .value = &TemplateValues::virusname},
    {.name = "MAILFILE", .value = &TemplateValues::mailfile},
    {.name = "P3SCANID", .value = &TemplateValues::p3scanid},
};

/// The text with every known %VARIABLE% replaced, values not looked at again, unknown ones left alone, and all lines
/// of the text ended by CRLF, the last one too.
std::string expand(std::string_view text, const TemplateValues& values);

/// Every line ended by CRLF, whether it was by CRLF, LF, CR or the end of the text; NUL octets dropped.
std::string crlf_lines(std::string_view text);

/// The built-in English notification, in the format of a template file: header lines, empty line, body; UTF-8.
std::string_view default_template();

}  // namespace p3scan::mime
