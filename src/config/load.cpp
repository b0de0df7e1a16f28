// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "config/load.h"

#include "config/builder.h"
#include "config/text.h"

namespace p3scan::config {

Result<Invocation, Errors> parse_invocation(std::span<const char* const> argv) {
  Invocation invocation;
  for (const auto& given : split_command_line(argv)) {
    if (given.option == nullptr) continue;
    if (given.option->is<ConfigfileOption>()) {
      if (given.value.value_or("").empty())
        return fail(Errors{"\t[cmdlineparm] '" + given.name + "' needs a value, FILE: add it"});
      invocation.configfile = *given.value;
      invocation.configfile_given = true;
    }
    const auto* command = std::get_if<Command>(&given.option->field);
    if (command != nullptr && invocation.action == Action::run) invocation.action = command->action;
  }
  return invocation;
}

std::optional<std::string> output_of(Action action) {
  switch (action) {
    case Action::help: return help_text();
    case Action::version: return version_text();
    case Action::dump_sample_conf: return sample_conf();
    case Action::dump_man8: return man_p3scan();
    case Action::dump_man5: return man_conf();
    case Action::dump_compat: return compat_text();
    case Action::run:
    case Action::check:
    case Action::settings: return std::nullopt;
  }
  return std::nullopt;
}

Result<Loaded, Errors> load_with_origins(std::span<const char* const> argv, std::string_view file_text,
                                         std::string_view file_name) {
  Builder builder(file_name);
  builder.take_file(file_text);
  builder.take_command_line(argv);
  return builder.finish();
}

Result<Config, Errors> load(std::span<const char* const> argv, std::string_view file_text, std::string_view file_name) {
  auto loaded = load_with_origins(argv, file_text, file_name);
  if (!loaded) return fail(std::move(loaded.error()));
  return std::move(loaded->config);
}

}  // namespace p3scan::config
