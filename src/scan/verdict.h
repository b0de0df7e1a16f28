// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>
#include <variant>

namespace p3scan::scan {

struct Clean {
  bool operator==(const Clean&) const = default;
};
/// The name of a virus that its engine did not name.
inline constexpr std::string_view kUnnamedVirus = "<no virusinfo could be examined>";

struct Infected {
  std::string name;               // of the virus, as the engine calls it; several joined by " & "
  std::string engine;             // scanner type, for example "clamd"
  std::string notification = {};  // template that the engine wrote for this mail (altvnmsg); empty: the configured one
  bool operator==(const Infected&) const = default;
};
/// The engine works, but can't look inside: encrypted, over a limit, too deep. Never the same as clean.
struct Unscannable {
  std::string reason;  // "encrypted: Heuristics.Encrypted.Zip", "over a limit: ..."
  bool operator==(const Unscannable&) const = default;
};
/// No engine answered: down, crashed, timed out, talked nonsense. Trying again later may help.
struct Failed {
  std::string reason;  // names the engine and what went wrong
  bool operator==(const Failed&) const = default;
};

/// What is known about a message, from one engine or, combined, from all of them.
using Verdict = std::variant<Clean, Infected, Unscannable, Failed>;

/// All engines must say clean: infected outweighs failed, failed outweighs unscannable.
Verdict combine(Verdict a, Verdict b);

std::string_view kind_name(const Verdict& verdict);  // "clean", "infected", "unscannable", "failed"

}  // namespace p3scan::scan
