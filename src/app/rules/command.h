// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "app/rules/interception.h"
#include "config/load.h"

// p3scan rules TOOL [INTERFACE]...: the redirection of the packet filter.
namespace p3scan::app::rules {

/// The word that makes a command line one of these.
constexpr std::string_view kCommand = "rules";

struct CommandLine {
  enum class Act { print, apply, remove, help };
  Act act = Act::print;
  Request request;
  config::Invocation invocation;  // which configuration file
};

/// `words`: what follows "rules". Pure. The error is one sentence.
Result<CommandLine, std::string> parse(std::span<const char* const> words);

std::string_view usage();

/// Does it; returns the exit code.
int run(std::span<const char* const> words);

}  // namespace p3scan::app::rules
