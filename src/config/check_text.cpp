// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "config/check_text.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.h"

namespace p3scan::config {
namespace {

constexpr std::size_t kMaxHostName = 253;  // RFC 1035 section 2.3.4, as text
constexpr std::size_t kMaxLoginName = 32;
constexpr std::size_t kMaxSocketPath = 107;  // sun_path without its NUL
constexpr std::size_t kMaxAddress = 254;     // RFC 5321 section 4.5.3.1.3, without its brackets
constexpr std::size_t kMaxExtension = 64;

constexpr std::string_view kAutoElse = "auto:";
constexpr std::string_view kLanguages[] = {"auto", "en", "de", "fr", "it", "es", "pt-br", "pl", "ru",
                                           "nl",   "tr", "cs", "sv", "ja", "zh", "ge",    "sp"};

struct Service {
  std::string_view name;
  std::uint16_t port;
};

// What /etc/services calls the mail protocols; looking there would make the result depend on the host.
constexpr Service kServices[] = {
    {"pop3", 110},  {"pop-3", 110},       {"pop3s", 995},      {"smtp", 25},  {"mail", 25},   {"smtps", 465},
    {"ssmtp", 465}, {"submissions", 465}, {"submission", 587}, {"imap", 143}, {"imap2", 143}, {"imaps", 993},
};

bool is_letter_or_digit(char c) { return ascii::is_digit(c) || (ascii::upper(c) >= 'A' && ascii::upper(c) <= 'Z'); }

bool is_host_name(std::string_view text) {
  const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_'; };
  if (text.empty() || text.size() > kMaxHostName || !std::ranges::all_of(text, allowed)) return false;
  // "1.2.3" or "256.1.1.1" is a mistyped address, not a name.
  const bool numeric = std::ranges::all_of(text, [](char c) { return ascii::is_digit(c) || c == '.'; });
  return !numeric && text.front() != '-' && text.front() != '.' && text.find("..") == std::string_view::npos;
}

std::string_view without_brackets(std::string_view text) {
  return text.size() > 2 && text.front() == '[' && text.back() == ']' ? text.substr(1, text.size() - 2) : text;
}

bool is_address(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> binary{};
  if (text.find('\0') != std::string_view::npos) return false;
  return inet_pton(family, std::string(text).c_str(), binary.data()) == 1;
}

bool is_host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  const auto host = text.substr(0, colon);
  const bool bare_ipv6 = host.find(':') != std::string_view::npos && !host.starts_with('[');
  return colon != std::string_view::npos && !bare_ipv6 && check_host(host) && port_number(text.substr(colon + 1));
}

Checked check_listener(std::string_view text, std::string_view what) {
  if (text.starts_with('/')) {
    if (text.size() <= kMaxSocketPath) return {};
    return fail(fmt::format("is too long for the path of a socket: at most {} octets", kMaxSocketPath));
  }
  if (is_host_port(text)) return {};
  return fail(fmt::format("isn't where a {} listens: write host:port, [IPv6]:port or /path/to/socket", what));
}

}  // namespace

bool is_ipv4(std::string_view text) { return is_address(AF_INET, text); }
bool is_ipv6(std::string_view text) { return is_address(AF_INET6, text); }

Checked check_path(std::string_view text) {
  if (!text.starts_with('/')) return fail(std::string("is not an absolute path: begin it with '/'"));
  return {};
}

Checked check_user(std::string_view text) {
  const auto allowed = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_'; };
  if (text.size() > kMaxLoginName || text.starts_with('-') || !std::ranges::all_of(text, allowed))
    return fail(std::string("is not a login name: give one that exists in /etc/passwd"));
  return {};
}

Checked check_ip(std::string_view text) {
  if (is_ipv4(text) || is_ipv6(text)) return {};
  return fail(std::string("isn't a valid IP address: give an IPv4 or IPv6 address in numbers"));
}

Checked check_host(std::string_view text) {
  if (is_ipv4(text) || is_ipv6(without_brackets(text)) || is_host_name(text)) return {};
  return fail(std::string("is neither a host name nor an IP address (a port does not belong here)"));
}

Checked check_network(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return check_host(text);
  const auto address = text.substr(0, slash);
  const auto bits = ascii::number<unsigned>(text.substr(slash + 1));
  const unsigned most = is_ipv4(address) ? 32 : 128;
  if ((is_ipv4(address) || is_ipv6(address)) && bits && *bits <= most) return {};
  return fail(std::string("isn't a valid network: write it like 192.0.2.0/24 or 2001:db8::/32"));
}

Checked check_bypass(std::string_view text) {
  if (text.starts_with("*.") && is_host_name(text.substr(2))) return {};
  constexpr std::string_view client = "client:";
  const bool of_client = ascii::starts_with_nocase(text, client);
  const auto where = of_client ? text.substr(client.size()) : text;
  const auto address = without_brackets(where.substr(0, where.find('/')));
  const bool named = !is_ipv4(address) && !is_ipv6(address);
  if (check_network(where) && !(of_client && named)) return {};
  return fail(std::string("is none of host name, *.name, address, network and client:NETWORK"));
}

Checked check_clamd(std::string_view text) { return check_listener(text, "clamd"); }
Checked check_server(std::string_view text) { return check_listener(text, "server"); }

Checked check_host_port(std::string_view text) {
  if (is_host_port(text)) return {};
  return fail(std::string("isn't where a mail server listens: write host:port or [IPv6]:port"));
}

Checked check_icap(std::string_view text) {
  constexpr std::string_view scheme = "icap://";
  const auto rest = ascii::starts_with_nocase(text, scheme) ? text.substr(scheme.size()) : std::string_view{};
  const auto host = rest.substr(0, rest.find('/'));
  const auto service = rest.substr(std::min(rest.size(), host.size() + 1));
  const bool plain = std::ranges::none_of(service, [](char c) { return ascii::is_space(c) || ascii::is_control(c); });
  if (!service.empty() && plain && (is_host_port(host) || check_host(host))) return {};
  return fail(std::string("isn't a service of ICAP: write icap://host:port/service"));
}

// No address may look like an option of a mail program, and none needs quotes (RFC 5321 section 4.1.2: Dot-string).
Checked check_address(std::string_view text) {
  static constexpr std::string_view specials = ".!#$%&'*+-/=?^_`{|}~@:[]";
  const auto allowed = [](char c) {
    return is_letter_or_digit(c) || specials.find(c) != std::string_view::npos || static_cast<unsigned char>(c) >= 0x80;
  };
  const auto at = text.find('@');
  const bool whole = at == std::string_view::npos || (at > 0 && at + 1 < text.size() && text.rfind('@') == at);
  if (!text.empty() && text.size() <= kMaxAddress && text.front() != '-' && whole && std::ranges::all_of(text, allowed))
    return {};
  return fail(std::string("isn't an address of mail: write name@example.org, or the name of a local user"));
}

Checked check_extension(std::string_view text) {
  const auto allowed = [](char c) { return !ascii::is_control(c) && c != '/' && c != '*' && c != '?'; };
  if (text != "." && text.size() <= kMaxExtension && std::ranges::all_of(text, allowed)) return {};
  return fail(std::string("isn't the extension of a file name: write exe or .exe"));
}

Checked check_mime_type(std::string_view text) {
  const auto token = [](std::string_view part) {
    static constexpr std::string_view specials = "!#$&-^_.+*";  // RFC 6838 section 4.2, and * for all
    return !part.empty() && std::ranges::all_of(part, [](char c) {
      return is_letter_or_digit(c) || specials.find(c) != std::string_view::npos;
    });
  };
  const auto slash = text.find('/');
  if (slash != std::string_view::npos && token(text.substr(0, slash)) && token(text.substr(slash + 1))) return {};
  return fail(std::string("isn't a MIME type: write type/subtype or type/*"));
}

Checked check_language(std::string_view text) {
  const auto is_text = [&text](std::string_view known) { return ascii::equal_nocase(text, known); };
  std::span<const std::string_view> allowed = kLanguages;
  if (ascii::starts_with_nocase(text, kAutoElse)) {
    text.remove_prefix(kAutoElse.size());
    allowed = allowed.subspan(1);  // there is no auto in auto
  }
  if (std::ranges::any_of(allowed, is_text)) return {};
  return fail(fmt::format("isn't a language with built-in texts: give one of {}", fmt::join(kLanguages, ", ")));
}

Checked check_userlist(std::string_view text) {
  if (text == "~" || text.starts_with('/')) return {};
  return fail(std::string("is not a directory: give an absolute path, or ~ for the users' own directories"));
}

std::optional<std::uint16_t> port_number(std::string_view text) {
  if (const auto number = ascii::number<std::uint16_t>(text); number && *number > 0) return number;
  const auto* const service = std::ranges::find(kServices, text, &Service::name);
  if (service != std::end(kServices)) return service->port;
  return std::nullopt;
}

std::vector<std::string_view> list_items(std::string_view text) {
  constexpr std::string_view separators = ", \t";
  std::vector<std::string_view> items;
  for (std::size_t begin = 0; (begin = text.find_first_not_of(separators, begin)) != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(separators, begin), text.size());
    items.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return items;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t shown = 60;
  std::string out = "'";
  for (const char c : text.substr(0, shown)) {
    if (ascii::is_control(c))
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + (text.size() > shown ? "...'" : "'");
}

}  // namespace p3scan::config
