// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>

#include "app/rules/command.h"
#include "base/ascii.h"

namespace p3scan::app::rules {
namespace {

using Act = CommandLine::Act;

/// Takes words from the front; an option's value is behind its = or the next word.
class Parser {
 public:
  explicit Parser(std::span<const char* const> words) : words_(words) {}

  Result<CommandLine, std::string> parse() {
    while (error_.empty() && !words_.empty()) take(next());
    if (!error_.empty()) return fail(error_);
    if (!tool_given_ && line_.act != Act::help) return fail(std::string("say nft or iptables"));
    return line_;
  }

 private:
  std::string_view next() {
    const std::string_view word = words_.front();
    words_ = words_.subspan(1);
    return word;
  }

  void take(std::string_view word) {
    if (!word.starts_with('-')) return take_plain(word);
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    if (name == "-f" || name == "--configfile" || name == "--ports") {
      if (equals == std::string_view::npos && words_.empty()) return refuse(fmt::format("{} needs a value", name));
      return take_value(name, equals == std::string_view::npos ? next() : word.substr(equals + 1));
    }
    take_flag(word);
  }

  void take_plain(std::string_view word) {
    if (tool_given_) {
      line_.request.interfaces.emplace_back(word);
    } else if (word == "nft" || word == "iptables") {
      line_.request.tool = word == "nft" ? Tool::nft : Tool::iptables;
      tool_given_ = true;
    } else {
      refuse(fmt::format("'{}' is neither nft nor iptables", word));
    }
  }

  void take_flag(std::string_view word) {
    if (word == "--tproxy") return void(line_.request.tproxy = true);
    if (word == "--local") return void(line_.request.local = true);
    if (word == "--apply") return act(Act::apply);
    if (word == "--remove") return act(Act::remove);
    if (word == "--help" || word == "-h") return void(line_.act = Act::help);
    refuse(fmt::format("there is no option {}", word));
  }

  void take_value(std::string_view name, std::string_view value) {
    if (name == "--ports") return take_ports(value);
    line_.invocation.configfile = value;
    line_.invocation.configfile_given = true;
  }

  void take_ports(std::string_view list) {
    for (bool more = true; more;) {
      const auto comma = list.find(',');
      const auto port = ascii::number<std::uint16_t>(ascii::trim(list.substr(0, comma)));
      if (!port || *port == 0) return refuse("--ports takes port numbers, separated by commas");
      line_.request.ports.push_back(*port);
      more = comma != std::string_view::npos;
      if (more) list.remove_prefix(comma + 1);
    }
  }

  void act(Act wanted) {
    if (line_.act != Act::print && line_.act != wanted) return refuse("--apply and --remove contradict each other");
    line_.act = wanted;
  }

  void refuse(std::string why) { error_ = std::move(why); }

  std::span<const char* const> words_;
  CommandLine line_;
  bool tool_given_ = false;
  std::string error_;
};

}  // namespace

Result<CommandLine, std::string> parse(std::span<const char* const> words) { return Parser(words).parse(); }

std::string_view usage() {
  return "Usage: p3scan rules nft|iptables [INTERFACE]... [OPTION]...\n"
         "Redirects the mail connections that come in by INTERFACE to p3scan: prints what the packet filter must be\n"
         "told, unless one of the first two options is given.\n"
         "  --apply            set the rules now, in place of earlier ones of p3scan\n"
         "  --remove           remove them\n"
         "  --tproxy           for TPROXY, with the routes that it needs (as if \"tproxy\" was in the configuration)\n"
         "  --local            connections of this host too, but not p3scan's own (those of its user)\n"
         "  --ports=PORT,...   these destination ports; default: those of SMTP, POP3 and IMAP, and of TLS with a CA\n"
         "  -f FILE            the configuration, for port, ip, emailport, tproxy and user\n";
}

}  // namespace p3scan::app::rules
