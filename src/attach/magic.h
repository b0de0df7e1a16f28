// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string_view>

namespace p3scan::attach {

/// Octets of the beginning of a file that program_kind() looks at; less will do for most kinds.
inline constexpr std::size_t kMagicOctets = 8192;

enum class Content {
  attachment,  // was given a name, or is said to be an attachment
  text,        // what the reader sees at once: a text that begins like a script is no script
};

/// What kind of program a file that begins with `start` is, for people ("a Windows program"); empty if it is none that
/// is known. Documents, archives and media are no programs, even where they may carry one.
std::string_view program_kind(std::string_view start, Content content);

}  // namespace p3scan::attach
