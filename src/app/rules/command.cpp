// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/rules/command.h"

#include <cap-ng.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "app/privileges.h"
#include "app/rules/run_steps.h"

namespace p3scan::app::rules {
namespace {

int refuse(std::string_view why) {
  fmt::print(stderr, "p3scan rules: {}\n", why);
  return EXIT_FAILURE;
}

Result<config::Config, std::string> configuration(const config::Invocation& invocation) {
  const auto text = config::read_configfile(invocation);
  if (!text) return fail(fmt::format("{}", fmt::join(text.error(), "\n")));
  const std::array<const char*, 1> argv{"p3scan"};
  auto config = config::load(argv, *text, invocation.configfile);
  if (!config) return fail(fmt::format("{}", fmt::join(config.error(), "\n")));
  return *config;
}

/// Without it the tools would answer our questions with errors that look like "no".
bool may_change_rules() {
  return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN) == 1;
}

bool host_has_ipv6() { return ::access("/proc/net/if_inet6", F_OK) == 0; }

int set(std::span<const Step> steps, std::string_view done) {
  if (!may_change_rules()) return refuse("only root may change rules");
  if (const auto ran = run_steps(steps); !ran) return refuse(ran.error());
  fmt::print("{}\n", done);
  return EXIT_SUCCESS;
}

std::string summary(const Interception& wanted) {
  auto from = wanted.interfaces;
  if (wanted.local_but_for) from.emplace_back("this host");
  return fmt::format("Connections to port {} from {} go to p3scan at port {}{}.", fmt::join(wanted.ports, ", "),
                     fmt::join(from, ", "), wanted.listen_port, wanted.tproxy ? " (TPROXY)" : "");
}

int with_configuration(const CommandLine& line) {
  const auto config = configuration(line.invocation);
  if (!config) return refuse(config.error());
  const auto account = find_account(config->user);
  auto request = line.request;
  request.can_sign = ::access((config->cadir + "/ca.pem").c_str(), F_OK) == 0;
  const auto wanted = plan(*config, request, account ? std::optional(account->uid) : std::nullopt);
  if (!wanted) return refuse(wanted.error());
  if (line.act == CommandLine::Act::print) {
    fmt::print("{}", printed(line.request.tool, *wanted));
    return EXIT_SUCCESS;
  }
  return set(steps_to_apply(line.request.tool, *wanted, host_has_ipv6()), summary(*wanted));
}

}  // namespace

int run(std::span<const char* const> words) {
  const auto line = parse(words);
  if (!line) return refuse(fmt::format("{}; p3scan rules --help tells more", line.error()));
  switch (line->act) {
    case CommandLine::Act::help: fmt::print("{}", usage()); return EXIT_SUCCESS;
    case CommandLine::Act::remove:
      return set(steps_to_remove(line->request.tool, host_has_ipv6()), "The rules of p3scan are gone.");
    case CommandLine::Act::print:
    case CommandLine::Act::apply: return with_configuration(*line);
  }
  return EXIT_FAILURE;
}

}  // namespace p3scan::app::rules
