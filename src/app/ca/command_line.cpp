// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

#include "app/ca/command.h"
#include "base/ascii.h"

namespace p3scan::app::ca {
namespace {

using Act = CommandLine::Act;

constexpr std::array<std::pair<std::string_view, Act>, 5> kActs{{{"init", Act::init},
                                                                 {"show", Act::show},
                                                                 {"export", Act::export_file},
                                                                 {"rotate", Act::rotate},
                                                                 {"serve", Act::serve}}};

/// Takes words from the front; an option's value is behind its = or the next word.
class Parser {
 public:
  explicit Parser(std::span<const char* const> words) : words_(words) {}

  Result<CommandLine, std::string> parse() {
    while (error_.empty() && !words_.empty()) take(next());
    if (!error_.empty()) return fail(error_);
    if (help_) return CommandLine{};
    if (!act_given_) return fail(std::string("say init, show, export, rotate or serve"));
    const bool makes = line_.act == Act::init || line_.act == Act::rotate;
    if (!makes && (!line_.name.empty() || !line_.permitted.empty()))
      return fail(std::string("--name and --permit are for init and rotate"));
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
    if (word == "--help" || word == "-h") return void(help_ = true);
    if (name != "-f" && name != "--configfile" && name != "--name" && name != "--permit")
      return refuse(fmt::format("there is no option {}", name));
    if (equals == std::string_view::npos && words_.empty()) return refuse(fmt::format("{} needs a value", name));
    take_value(name, equals == std::string_view::npos ? next() : word.substr(equals + 1));
  }

  void take_plain(std::string_view word) {
    if (!act_given_) return take_act(word);
    const bool first = !std::exchange(argument_given_, true);
    if (first && line_.act == Act::export_file) return void(line_.file = word);
    if (first && line_.act == Act::serve) return take_address(word);
    refuse(fmt::format("'{}' is too much", word));
  }

  void take_act(std::string_view word) {
    for (const auto& [name, act] : kActs)
      if (name == word) {
        line_.act = act;
        act_given_ = true;
        return;
      }
    refuse(fmt::format("'{}' is none of init, show, export, rotate, serve", word));
  }

  void take_value(std::string_view name, std::string_view value) {
    if (value.empty()) return refuse(fmt::format("{} needs a value", name));
    if (name == "--name") return void(line_.name = value);
    if (name == "--permit") return void(line_.permitted.emplace_back(value));
    line_.invocation.configfile = value;
    line_.invocation.configfile_given = true;
  }

  void take_address(std::string_view text) {
    const auto colon = text.rfind(':');
    auto address = text.substr(0, colon);
    const auto port =
        colon == std::string_view::npos ? std::nullopt : ascii::number<std::uint16_t>(text.substr(colon + 1));
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    if (!port || address.empty()) return refuse(fmt::format("'{}' is no ADDRESS:PORT", text));
    line_.address = address;
    line_.port = *port;
  }

  void refuse(std::string why) { error_ = std::move(why); }

  std::span<const char* const> words_;
  CommandLine line_;
  bool act_given_ = false;
  bool argument_given_ = false;
  bool help_ = false;
  std::string error_;
};

}  // namespace

Result<CommandLine, std::string> parse(std::span<const char* const> words) { return Parser(words).parse(); }

std::string_view usage() {
  return "Usage: p3scan ca init|rotate [--name=NAME] [--permit=DOMAIN]... [-f FILE]\n"
         "       p3scan ca show [-f FILE]\n"
         "       p3scan ca export [OUTPUT] [-f FILE]\n"
         "       p3scan ca serve [ADDRESS:PORT] [-f FILE]\n"
         "The CA that signs certificates for intercepted TLS connections, in the directory that cadir names.\n"
         "  init               makes the CA, and another one for servers with bad certificates, which nobody is to "
         "trust\n"
         "  rotate             makes new ones in their place; p3scan takes them on SIGHUP\n"
         "  show               tells what there is\n"
         "  export             writes the certificate, in PEM, with those before it that are still valid; a file "
         "whose\n"
         "                     name ends in .crt, .cer or .der is in DER, in .mobileconfig a profile for iOS and "
         "macOS\n"
         "  serve              shows a page with the certificate and what to do with it; default: 127.0.0.1:8180\n"
         "  --name=NAME        what people see as the name of the CA\n"
         "  --permit=DOMAIN    it can certify this domain and those below it only; may be repeated\n"
         "  -f FILE            the configuration, for cadir and user\n";
}

}  // namespace p3scan::app::ca
