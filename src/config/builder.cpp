// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "config/builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "config/value_text.h"

namespace p3scan::config {
namespace {

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return ascii::is_control(c) && c != '\t'; });
}

bool is_loopback(std::string_view address) { return address.starts_with("127.") || address == "::1"; }

}  // namespace

Builder::Builder(std::string_view file_name) : file_name_(file_name), origins_(options().size()) {
  config_.configfile = file_name;
}

void Builder::take_file(std::string_view text) {
  source_ = Source::file;
  for (const auto& given : split_file(text)) take(given);
}

void Builder::take_command_line(std::span<const char* const> argv) {
  source_ = Source::command_line;
  for (const auto& given : split_command_line(argv)) take(given);
}

std::string Builder::place(const Origin& origin) const {
  return origin.source == Source::file ? fmt::format("\t[configfile] {}:{}: ", file_name_, origin.line)
                                       : "\t[cmdlineparm] ";
}

std::string Builder::text_of(const Origin& origin) const {
  switch (origin.source) {
    case Source::none: return "default";
    case Source::file: return fmt::format("{}:{}", file_name_, origin.line);
    case Source::command_line: return "command line";
  }
  return {};
}

void Builder::error(std::string text) {
  if (errors_.size() < kMaxErrors)
    errors_.push_back(std::move(text));
  else
    ++suppressed_;
}

void Builder::take(const Given& given) {
  here_ = {source_, given.line};
  place_ = place(here_);
  if (given.option == nullptr) return error(place_ + given.error);
  const auto& option = *given.option;
  const bool from_file = source_ == Source::file;
  if (option.section == Section::command || option.section == Section::hidden) {
    if (from_file) return error(fmt::format("{}'{}' is not allowed in configfile!", place_, given.name));
    if (option.is<ConfigfileOption>()) origins_[row_of(option)] = here_;
    if (option.takes_value() == given.value.has_value()) return;  // parse_invocation() acts on it
  }
  set(given);
}

void Builder::set(const Given& given) {
  const auto& option = *given.option;
  auto wrong = mistake_in(given);
  if (wrong.empty()) {
    const auto text = given.value.value_or(option.takes_value() ? option.bare : "yes");
    if (auto checked = set_value(option, text); !checked) wrong = fmt::format(": {}{}", checked.error(), hint(given));
  }
  if (wrong.empty())
    origins_[row_of(option)] = here_;
  else
    error(fmt::format("{}'{}'{}", place_, given.name, wrong));
}

/// What is wrong with a value or its absence, whatever the option.
std::string Builder::mistake_in(const Given& given) const {
  const auto& option = *given.option;
  if (!given.value)
    return option.takes_value() && option.bare.empty() ? fmt::format(" needs a value, {}: add it", option.argument)
                                                       : "";
  if (option.is<Command>()) return " takes no value: remove it";
  if (ascii::trim(*given.value).empty())
    return fmt::format(" has an empty value: add one{}", source_ == Source::file ? ", or remove the line" : "");
  return has_control_character(*given.value) ? " has a control character in its value: remove it" : "";
}

/// What people who wrote this may have had in mind.
std::string_view Builder::hint(const Given& given) const {
  const auto text = given.value.value_or("");
  if (source_ == Source::file && text.find(" #") != std::string_view::npos)
    return " (a comment needs a line of its own)";
  return {};
}

Checked Builder::set_value(const Option& option, std::string_view text) {
  auto& scanners = source_ == Source::file ? file_scanners_ : command_line_scanners_;
  if (option.is<ScannertypeLine>()) {
    const auto type = parse_scannertype(text);
    if (!type) return fail(type.error());
    scanners.push_back({true, *type, {}, place_});
    return {};
  }
  if (option.is<ScannerLine>()) {
    scanners.push_back({false, {}, std::string(text), place_});
    return {};
  }
  // A list grows within one source; of codes the last line counts, as ever.
  const bool grows = option.name != "viruscode" && option.name != "goodcode";
  auto parsed = parse_value(option, text, grows && origins_[row_of(option)].source == source_, config_);
  if (parsed && option.is<CheckspamOption>() && config_.spamcheck == text) origins_[row_of("spamcheck")] = here_;
  return parsed;
}

void Builder::set_scanners() {
  auto scanners = make_scanners(file_scanners_, command_line_scanners_);
  if (scanners)
    config_.scanners = std::move(*scanners);
  else
    for (auto& text : scanners.error()) error(std::move(text));
}

void Builder::refuse_together(std::string_view one, std::string_view other, std::string_view why) {
  error(fmt::format("{}'{}' can't be combined with '{}': {}; remove one of them", place_of(other), other, one, why));
}

void Builder::check_destination() {
  if (config_.targetip.starts_with('[')) config_.targetip = config_.targetip.substr(1, config_.targetip.size() - 2);
  if (config_.targetip == "0.0.0.0" || config_.targetip == "::") config_.targetip.clear();
  const bool fixed = !config_.targetip.empty();
  if (fixed && config_.useurl) refuse_together("targetip", "useurl", "a session has one destination");
  if (fixed && config_.tproxy) refuse_together("targetip", "tproxy", "a session has one destination");
  if (config_.useurl && config_.tproxy) refuse_together("useurl", "tproxy", "a session has one destination");

  const bool own_address = config_.ip.empty() ? is_loopback(config_.targetip)
                                              : std::ranges::find(config_.ip, config_.targetip) != config_.ip.end();
  if (fixed && own_address && config_.targetport == config_.port)
    error(
        fmt::format("{}'targetip' and 'targetport' ({}) are where p3scan itself listens: set targetport to the port of "
                    "the mail server",
                    place_of("targetip"), config_.targetport));
}

void Builder::check_spam() {
  if (config_.spamreject && !config_.spamout) {
    config_.spamout = true;
    origins_[row_of("spamout")] = origins_[row_of("spamreject")];
  }
  if (!config_.spamserver.empty()) return;
  if (config_.spamtype == SpamType::spamd) config_.spamserver = {"127.0.0.1:783"};
  if (config_.spamtype == SpamType::rspamd) config_.spamserver = {"127.0.0.1:11333"};
}

void Builder::check_syslog() {
  constexpr std::uint32_t step = 8;  // the lowest three bits of syslog(3) are the level
  if (config_.logfac % step != 0)
    error(fmt::format("{}'logfac': '{}' is not a facility: give a multiple of {} up to 184; 24 is daemon",
                      place_of("logfac"), config_.logfac, step));
}

void Builder::note_given() {
  config_.clamdb_given = given("clamdb");
  config_.scanner_given = given("scanner");
  config_.template_given = given("template");
  config_.language_given = given("language");
  config_.spamcheck_given = given("spamcheck");
}

Result<Loaded, Errors> Builder::finish() {
  set_scanners();
  check_destination();
  note_given();
  check_spam();
  check_syslog();
  if (suppressed_ > 0) errors_.push_back(fmt::format("\t... and {} more", suppressed_));
  if (!errors_.empty()) return fail(std::move(errors_));
  Loaded loaded{.config = std::move(config_), .origins = {}};
  for (const auto& origin : origins_) loaded.origins.push_back(text_of(origin));
  return loaded;
}

}  // namespace p3scan::config
