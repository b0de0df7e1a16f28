// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>

#include "html/entity_decoder.h"

namespace p3scan::html {

enum class Match : std::uint8_t { open, allowed, refused };

/// Says of an address, octet by octet, whether it can be fetched from nowhere but the mail itself: cid:, mid:, #place,
/// data: with a picture that is no SVG, or nothing at all. A list of what may stay needs no knowledge of all the ways to
/// write what may not: references, blanks inside, backslashes, no scheme, a scheme nobody thought of.
class LocalAddress {
 public:
  Match feed(char c);
  Match finish() const;  // the address has ended
  bool has_begun() const { return !seen_.empty(); }

 private:
  std::string seen_;
};

/// Says of a link that a reader follows by will whether it runs a program: javascript:, data:, file: and the like.
class LinkAddress final : public CharSink {
 public:
  void take(const Char& c) override;  // references resolved
  Match match() const { return match_; }
  void reset();

 private:
  std::string scheme_;
  Match match_ = Match::open;
};

/// Is this the name of a charset in which ASCII characters mean themselves? What we do not know does not count.
bool is_plain_charset(std::string_view name);

/// Looks into the content of a <meta> for a charset.
class MetaCharset final : public CharSink {
 public:
  void take(const Char& c) override;
  bool is_plain() const { return name_.empty() || is_plain_charset(name_); }
  void reset();

 private:
  enum class State : std::uint8_t { word, equals, name, done };

  void in_word(char c);
  void in_name(char c);

  State state_ = State::word;
  std::size_t matched_ = 0;  // of "charset"
  std::string name_;
};

}  // namespace p3scan::html
