// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/load.h"

// p3scan ca ACT: makes and shows the CA that signs for intercepted connections.
namespace p3scan::app::ca {

/// The word that makes a command line one of these.
constexpr std::string_view kCommand = "ca";

struct CommandLine {
  enum class Act { init, show, export_file, rotate, serve, help };
  Act act = Act::help;
  std::string name;                    // of the CA; empty: one of this host, or as before
  std::vector<std::string> permitted;  // domains
  std::string file;                    // export: where to; empty: stdout
  std::string address = "127.0.0.1";   // serve
  std::uint16_t port = 8180;
  config::Invocation invocation;  // which configuration file
};

/// `words`: what follows "ca". Pure. The error is one sentence.
Result<CommandLine, std::string> parse(std::span<const char* const> words);

std::string_view usage();

/// Does it; returns the exit code.
int run(std::span<const char* const> words);

}  // namespace p3scan::app::ca
