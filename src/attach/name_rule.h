// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace p3scan::attach {

/// Which file names are dangerous: by extension, as any system may come to read the name.
class NameRule {
 public:
  /// Extensions without or with their dot, in any case, also several in a row ("tar.exe"). None: kBadExtensions.
  explicit NameRule(std::span<const std::string> extensions = {});

  /// What makes `name` dangerous, for people: "exe", "{class id}", "direction override". Nothing if it is not.
  /// `name` is any octets, UTF-8 where they are. Taken off or seen through are:
  ///   dots, blanks, controls, quotes and stream names behind the extension (Windows drops them), all after a NUL
  ///   (programs in C), directories, percent-encoding (twice), characters that look like ASCII, invisible ones;
  ///   and an extension counts in the middle of a name, too, when blanks or sheer length hide or cut what follows it.
  /// A name with a character that overrides the direction of text is always dangerous: nothing else needs it.
  /// Of a name beyond 2 KiB only the end is read.
  std::optional<std::string> match(std::string_view name) const;

 private:
  std::optional<std::string> match_folded(std::string_view text) const;
  std::optional<std::string> match_file(std::string_view file) const;

  std::set<std::string, std::less<>> bad_;
  bool has_compound_ = false;  // an extension with a dot in it
};

/// A name for the same attachment that nothing opens: the old one, legible, without directories, controls, direction
/// marks and characters with a meaning for some system, at most 120 octets of UTF-8, and ".bad" behind it. Of a name
/// that is too long the end stays. No list of extensions without "bad" matches it.
std::string harmless_name(std::string_view name);

}  // namespace p3scan::attach
