// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <vector>

#include "app/rules/interception.h"

namespace p3scan::app::rules {

/// Asks the system something: yes is exit code 0 and, with must_print, some output.
struct Question {
  std::vector<std::string> words;
  bool must_print = false;
};

/// One program to run, with `input` on its standard input. With a question: only if the answer is `run_if`. That is
/// what makes a list of steps repeatable.
struct Step {
  std::vector<std::string> words;
  std::string input = {};
  Question question = {};  // no words: always
  bool run_if = false;
};

/// Sets the rules, whatever was set before. `ipv6`: this host has IPv6 at all.
std::vector<Step> steps_to_apply(Tool tool, const Interception& wanted, bool ipv6);

/// Removes all that steps_to_apply can have set.
std::vector<Step> steps_to_remove(Tool tool, bool ipv6);

/// The same as lines for sh.
std::string shell_script(const std::vector<Step>& steps);

/// What `p3scan rules` prints: for nft a file for nft -f, for iptables a script for sh.
std::string printed(Tool tool, const Interception& wanted);

}  // namespace p3scan::app::rules
