// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// What the texts among the values must look like. The error is the rest of a sentence about the value.
namespace p3scan::config {

using Checked = Result<void, std::string>;

Checked check_path(std::string_view text);       // absolute
Checked check_user(std::string_view text);       // a login name, as useradd(8) takes it
Checked check_ip(std::string_view text);         // IPv4 or IPv6 literal
Checked check_host(std::string_view text);       // host name or literal, IPv6 also in brackets
Checked check_network(std::string_view text);    // host name, literal, or literal/bits
Checked check_bypass(std::string_view text);     // network, host name, *.suffix, client:NETWORK
Checked check_clamd(std::string_view text);      // host:port, [v6]:port, /path/socket
Checked check_server(std::string_view text);     // host:port, [v6]:port, /path/socket
Checked check_host_port(std::string_view text);  // host:port, [v6]:port
Checked check_icap(std::string_view text);       // icap://host[:port]/service
Checked check_address(std::string_view text);    // of mail, or a local name; never an option for a mail program
Checked check_extension(std::string_view text);  // of a file name, with or without its dot
Checked check_mime_type(std::string_view text);  // type/subtype, type/*
Checked check_language(std::string_view text);   // one with built-in texts, or auto
Checked check_userlist(std::string_view text);   // absolute path or "~"

bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text);

/// 1 to 65535, or the name of a mail service.
std::optional<std::uint16_t> port_number(std::string_view text);

/// The parts of a list: separated by commas, blanks or both.
std::vector<std::string_view> list_items(std::string_view text);

/// `text` in quotes for a message: bounded, control characters escaped.
std::string in_quotes(std::string_view text);

}  // namespace p3scan::config
