// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "config/check_text.h"
#include "config/load.h"

namespace p3scan::config {

template <class T>
using Member = T Config::*;

struct Command {
  Action action;
};
struct ConfigfileOption {};
struct ScannertypeLine {};  // starts an engine
struct ScannerLine {};      // adds a target to it
struct RegexpOption {};     // pattern and "/N" go to two members
struct CheckspamOption {};  // a switch in 2.x, the command itself in 3.0

/// Where a value goes; the type says how it is read and shown. A std::uint16_t is a port.
using Field =
    std::variant<Command, ConfigfileOption, ScannertypeLine, ScannerLine, RegexpOption, CheckspamOption, Member<bool>,
                 Member<std::uint16_t>, Member<std::uint32_t>, Member<std::uint64_t>, Member<seconds>,
                 Member<std::string>, Member<std::vector<std::string>>, Member<std::vector<std::uint16_t>>,
                 Member<std::vector<int>>, Member<std::vector<TlsPort>>, Member<Barelf>, Member<TlsBad>, Member<TlsClientCert>, Member<Attachments>, Member<OnSigned>, Member<SpamType>,
                 Member<HtmlClean>, Member<PerDirection<OnFailure>>, Member<PerDirection<OnUnscannable>>>;

enum class Section {
  interception,
  protocol,
  tls,
  scanning,
  policy,
  attachment,
  spam,
  html,
  lists,
  outcome,
  notification,
  time,
  limits,
  spool,
  daemon,
  command,
  hidden
};

/// What became of an option of 2.3.2 or 3.0.
enum class Compat {
  fresh,  // there was none
  same,
  repaired,   // it does what it should have done
  no_effect,  // accepted, for old configuration files
};

struct Compatibility {
  Compat kind = Compat::fresh;
  std::string_view text = {};  // how, or why; no full stop
};

constexpr std::uint64_t kMaxCommand = 4000;  // octets of a command line

/// One row of the option table. Parser, help, sample file and man pages are loops over these.
struct Option {
  std::string_view name = {};
  char letter = 0;  // of 2.3.2; 0 = long name only
  Field field = Command{};
  std::string_view argument = {};  // what the value is called; empty = flag
  std::string_view bare = {};      // the value when the name stands alone; empty = a value is needed
  Section section = Section::hidden;
  std::array<std::string_view, 2> aliases = {};  // names in 3.0 or elsewhere with the same meaning
  bool of_2_3_2 = false;                         // wins when an abbreviation fits newer names, too
  std::uint64_t min = 0;                         // of numbers, and of the length of texts
  std::uint64_t max = UINT64_MAX;
  std::string_view unit = {};                    // of numbers
  Checked (*check)(std::string_view) = nullptr;  // of texts, and of each element of a list of texts
  std::string_view example = {};                 // for options without default
  std::string_view help = {};                    // one line, no full stop
  std::string_view man = {};                     // more sentences, or empty
  bool at_start = false;                         // a reload does not change it
  Compatibility compat = {};                     // of the name and the aliases

  bool takes_value() const { return !argument.empty(); }
  template <class T>
  bool is() const {
    return std::holds_alternative<T>(field);
  }
};

std::span<const Option> options();  // what can be set or asked for, in order of presentation

struct Match {
  const Option* option = nullptr;  // none: unknown or ambiguous
  std::string candidates;          // names that an ambiguous abbreviation fits
};

/// By exact name or alias, else by an unambiguous beginning of a name.
Match find_option(std::string_view name);
const Option* find_letter(char letter);
const Option& option_named(std::string_view exact_name);  // for names known to exist

/// The known name nearest to a mistyped one; empty when none is near.
std::string_view nearest_name(std::string_view name);

std::string_view title_of(Section section);
std::string_view word_of(Compat kind);  // "same", "repaired", "no-effect"

}  // namespace p3scan::config
