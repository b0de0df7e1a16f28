// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "config/prose.h"
#include "config/text.h"
#include "config/value_text.h"

namespace p3scan::config {
namespace {

template <class T>
std::string joined(const std::vector<T>& items) {
  return fmt::format("{}", fmt::join(items, ", "));
}

bool uses(const Config& config, ScannerType type) {
  return std::ranges::find(config.scanners, type, &ScannerConfig::type) != config.scanners.end();
}

std::string listen_sentence(const Config& config) {
  const auto addresses = config.ip.empty() ? "all IPv4 and IPv6 addresses" : joined(config.ip);
  return fmt::format("Listen on port {} of {}.", config.port, addresses);
}

std::string destination_sentence(const Config& config) {
  if (config.useurl)
    return fmt::format("Connect to the POP3 server that the login names, {}.",
                       config.useurlallow.empty() ? "unless its address is private or local"
                                                  : "if it is one of " + joined(config.useurlallow));
  if (!config.targetip.empty())
    return fmt::format("Connect every session to {} port {}.", config.targetip, config.targetport);
  return fmt::format("Connect every session to where the client was going (by {}).",
                     config.tproxy ? "TPROXY" : "REDIRECT");
}

/// Whether exit codes and expressions of the configuration decide about this scanner's mails.
bool is_program(ScannerType type) { return type == ScannerType::basic || type == ScannerType::bash; }

std::string scanner_sentence(const ScannerConfig& scanner, const Config& config) {
  const auto name = name_of(scanner.type);
  if (scanner.type == ScannerType::libclamav)
    return fmt::format("Scan with the built-in ClamAV, signatures from {}.", config.clamdb);
  if (is_program(scanner.type))
    return fmt::format("Scan by running {}; exit codes {} mean virus, {} clean.", joined(scanner.targets),
                       joined(config.viruscode), config.goodcode.empty() ? "0" : "0, " + joined(config.goodcode));
  if (scanner.targets.empty()) return fmt::format("Scan with {} at its usual place.", name);
  return fmt::format("Scan with {} at {}.", name, joined(scanner.targets));
}

std::string_view meaning(OnFailure policy) {
  return policy == OnFailure::tempfail ? "is answered with a temporary error" : "is delivered unscanned";
}

std::string_view meaning(OnUnscannable policy) {
  switch (policy) {
    case OnUnscannable::deliver_marked: return "is delivered with a header that says so";
    case OnUnscannable::notify: return "is replaced by a notification";
    case OnUnscannable::tempfail: return "is answered with a temporary error";
    case OnUnscannable::reject: return "is refused";
  }
  return {};
}

template <class Enum>
std::string policy_sentence(std::string_view subject, PerDirection<Enum> policy) {
  return fmt::format("{}: incoming mail {}, outgoing mail {}.", subject, meaning(policy.incoming),
                     meaning(policy.outgoing));
}

std::string tls_sentence(const Config& config) {
  const auto named = config.tls.empty()
                         ? std::string()
                         : fmt::format("TLS on ports as tls says ({}); else ", show_option(config, "tls"));
  auto text = fmt::format("{}TLS is intercepted if there is a CA in {}, if not refused, except on port {}", named,
                          config.cadir, joined(config.sslport));
  if (!config.tlsbypass.empty()) text += fmt::format(". TLS passes unscanned for {}", joined(config.tlsbypass));
  return text + ".";
}

std::vector<std::string> plan(const Config& config) {
  std::vector<std::string> lines = {listen_sentence(config), destination_sentence(config)};
  lines.push_back(fmt::format(
      "Speak SMTP to destination port {}, IMAP to {}, else POP3 unless the server's greeting says otherwise.",
      joined(config.emailport), joined(config.imapport)));
  lines.push_back(tls_sentence(config));
  for (const auto& scanner : config.scanners) lines.push_back(scanner_sentence(scanner, config));
  if (config.scanners.size() > 1) lines.emplace_back("A mail is clean when all of them say so.");
  lines.emplace_back(config.xheader ? "Clean mail passes with an X-P3Scan header added."
                                    : "Clean mail passes unchanged.");
  lines.push_back(fmt::format("Infected incoming mail is replaced by a notification and {}.",
                              config.justdelete ? "deleted" : "kept in " + config.virusdir));
  lines.push_back(fmt::format("Infected outgoing mail is refused: 554 {}", config.smtprset));
  lines.push_back(policy_sentence("When no scanner answers", config.onfailure));
  lines.push_back(policy_sentence("When a mail can't be looked into", config.onunscannable));
  lines.push_back(fmt::format("Run as user {}, at most {} sessions.", config.user, config.maxchilds));
  return lines;
}

std::string scanner_settings(const Config& config) {
  std::string out;
  for (const auto& scanner : config.scanners) {
    out += fmt::format("  scannertype = {}\n", name_of(scanner.type));
    for (const auto& target : scanner.targets) out += fmt::format("  scanner = {}\n", target);
  }
  return out;
}

}  // namespace

std::string describe(const Config& config) {
  std::string out = fmt::format("The configuration is right ({}). With it p3scan would:\n", config.configfile);
  for (const auto& line : plan(config)) out += fmt::format("  {}\n", line);
  for (const auto& note : notes(config)) out += fmt::format("Note: {}\n", note);
  return out + "Settings:\n" + settings_text(config);
}

std::string settings_text(const Config& config) {
  std::string out;
  for (const auto& option : options()) {
    if (option.section == Section::command || option.section == Section::hidden || option.is<ScannerLine>()) continue;
    if (option.is<ScannertypeLine>())
      out += scanner_settings(config);
    else if (const auto value = show_value(option, config); !value.empty())
      out += fmt::format("  {} = {}\n", option.name, value);
  }
  return out;
}

std::string settings_with_origins(const Loaded& loaded) {
  std::string out;
  for (std::size_t row = 0; row < options().size(); ++row) {
    const auto& option = options()[row];
    if (option.section == Section::hidden || option.is<Command>()) continue;
    out += fmt::format("{}: {}  ({})\n", option.name, show_value(option, loaded.config), loaded.origins[row]);
  }
  return out;
}

std::vector<std::string_view> changed_at_start_only(const Config& running, const Config& fresh) {
  std::vector<std::string_view> names;
  for (const auto& option : options())
    if (option.at_start && show_value(option, running) != show_value(option, fresh)) names.push_back(option.name);
  return names;
}

std::vector<std::string> notes(const Config& config) {
  std::vector<std::string> found;
  const auto note = [&found](bool when, std::string_view text) {
    if (when) found.emplace_back(text);
  };
  const Config defaults;
  note(config.targetip.empty() && config.targetport != defaults.targetport,
       "targetport has no effect without targetip.");
  note(!config.targetip.empty() && config.targetport == defaults.targetport,
       "targetport is 8110, the port that another p3scan would listen on; a mail server has another one.");
  note(!config.useurlallow.empty() && !config.useurl, "useurlallow has no effect without useurl.");
  note(config.clamdb_given && !uses(config, ScannerType::libclamav),
       "clamdb has no effect without the scannertype libclamav.");
  const bool only_libclamav = std::ranges::all_of(
      config.scanners, [](const ScannerConfig& scanner) { return scanner.type == ScannerType::libclamav; });
  note(config.scanner_given && only_libclamav, "scanner has no effect with the scannertype libclamav.");
  const bool runs_program = std::ranges::any_of(config.scanners, is_program, &ScannerConfig::type);
  const bool codes = config.viruscode != defaults.viruscode || !config.goodcode.empty() || !config.virusregexp.empty();
  note(codes && !runs_program,
       "viruscode, goodcode and virusregexp have no effect without the scannertype basic or bash.");
  const auto is_virus = [&](int code) { return std::ranges::find(config.viruscode, code) != config.viruscode.end(); };
  note(std::ranges::any_of(config.goodcode, is_virus),
       "an exit code is both a viruscode and a goodcode; it counts as virus.");
  note(config.checksize > 0, "checksize lets large outgoing mail pass unscanned.");
  note(config.skipsize > 0, "skipsize lets large incoming mail pass unscanned.");
  note(config.debug && config.password, "password: debug output shows passwords.");
  note(config.authuser && !config.useurl, "authuser has no effect without useurl.");
  const bool open = config.onfailure.incoming == OnFailure::deliver || config.onfailure.outgoing == OnFailure::deliver;
  note(open, "onfailure lets mail pass unscanned while no scanner answers.");
  note(config.onunscannable.incoming == OnUnscannable::deliver_marked && !config.xheader,
       "a mail that can't be looked into is marked although xheader is off.");
  return found;
}

}  // namespace p3scan::config
