// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "notify/letter.h"

namespace p3scan::notify {

/// A program that mails what it reads: WORDS... -s SUBJECT ADDRESS... No shell; subject and addresses are an argument each.
struct MailProgram {
  std::vector<std::string> words;  // empty: none
  std::chrono::seconds limit{60};  // then it is killed with all that it started
};

/// What the program gets on its input: the body of the letter with bare LF. A line that begins with a tilde gets a blank
/// in front, for mail programs have commands there.
std::string program_input(std::string_view message);

/// The subject as an argument: one line, at most 200 octets.
std::string program_subject(std::string_view subject);

/// One try for all recipients at once. Exit code 0: sent; 64 to 74 and 76 to 78 (wrong in itself, see sysexits.h) or no such
/// program: never; else later.
boost::asio::awaitable<Delivery> send_by_program(const MailProgram& program, Letter& letter);

}  // namespace p3scan::notify
