// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <span>

#include "app/ca/command.h"
#include "app/daemon.h"
#include "app/rules/command.h"
#include "config/load.h"
#include "config/text.h"

namespace {

using namespace p3scan;

int refuse(const config::Errors& errors) {
  for (const auto& error : errors) fmt::print(stderr, "{}\n", error);
  fmt::print("{}", config::kNotOk);
  return EXIT_FAILURE;
}

int show_settings(std::span<const char* const> argv, const std::string& text, const std::string& name) {
  const auto loaded = config::load_with_origins(argv, text, name);
  if (!loaded) return refuse(loaded.error());
  fmt::print("{}", config::settings_with_origins(*loaded));
  return EXIT_SUCCESS;
}

int start(std::span<const char* const> argv) {
  if (argv.size() > 1 && argv[1] == app::ca::kCommand) return app::ca::run(argv.subspan(2));
  if (argv.size() > 1 && argv[1] == app::rules::kCommand) return app::rules::run(argv.subspan(2));
  auto invocation = config::parse_invocation(argv);
  if (!invocation) return refuse(invocation.error());
  if (const auto output = config::output_of(invocation->action)) {
    fmt::print("{}", *output);
    return EXIT_SUCCESS;
  }
  // The daemon works in /, and SIGHUP reads the file again.
  invocation->configfile = std::filesystem::absolute(invocation->configfile).string();
  app::Started started{.invocation = *invocation, .config = {}, .argv = {argv.begin(), argv.end()}};
  const auto text = config::read_configfile(*invocation);
  if (!text) return refuse(text.error());
  if (invocation->action == config::Action::settings) return show_settings(argv, *text, invocation->configfile);
  auto config = app::configure(started.argv, *invocation, *text);
  if (!config) return refuse(config.error());
  started.config = std::move(*config);
  if (invocation->action == config::Action::check) return app::run_check(started);
  return app::run_daemon(std::move(started));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return start({argv, static_cast<std::size_t>(argc)});
  } catch (const std::exception& e) {
    fmt::print(stderr, "p3scan: {}\n", e.what());
    return EXIT_FAILURE;
  }
}
