// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>

#include "scan/verdict.h"

namespace p3scan::scan {

/// Which way the message travels: incoming is fetched by the client, outgoing is sent by it.
enum class Way : std::uint8_t { incoming, outgoing };

enum class OnFailure : std::uint8_t { tempfail, deliver };
enum class OnUnscannable : std::uint8_t { deliver_marked, notify, tempfail, reject };

/// What the administrator wants done with what is neither clean nor infected, for one way.
struct Policy {
  OnFailure on_failure = OnFailure::tempfail;
  OnUnscannable on_unscannable = OnUnscannable::deliver_marked;
  std::string refusal = "Virus detected! P3scan rejected message!";  // reply text for an infected outgoing mail
};

/// What becomes of a message. Only a clean one is delivered without a mark.
struct Decision {
  enum class Kind : std::uint8_t {
    deliver,
    deliver_marked,  // text: why it was not scanned, for mime::marked_header()
    replace,         // incoming only; text: what was found, for %VIRUSNAME%
    refuse,          // for good; text: reply text
    tempfail,        // for now; text: reply text
  };
  Kind kind = Kind::tempfail;
  std::string text;  // one line; reply texts are printable ASCII of at most 200 octets

  bool operator==(const Decision&) const = default;
};

/// The one place where a verdict becomes an outcome. An infected message is never delivered; a notification for an
/// outgoing message is impossible, so "notify" refuses it.
Decision decide(const Verdict& verdict, Way way, const Policy& policy);

}  // namespace p3scan::scan
