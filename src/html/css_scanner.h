// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "html/address.h"
#include "html/edit_queue.h"
#include "html/entity_decoder.h"

namespace p3scan::html {

inline constexpr std::uint64_t kNothingPending = std::numeric_limits<std::uint64_t>::max();

/// How many octets anything may stay undecided; what needs more is defused unseen.
inline constexpr std::uint64_t kMaxUndecided = 2048;

/// Finds what CSS can fetch with, and defuses it: url(), src(), @import, image-set() and image() (CSS Images 4),
/// expression() and AlphaImageLoader() of old readers. Names may be written with escapes (\75rl).
///
/// It deliberately knows neither comments nor strings: which of them is open depends on where the reader began, and no
/// name becomes harmless by standing in one. So there is no reading of the text in which a call goes unseen.
class CssScanner final : public CharSink {
 public:
  explicit CssScanner(EditQueue& edits) : edits_(edits) {}

  void take(const Char& c) override;
  void finish();  // the text has ended; ready for another one

  /// The first octet it may still want to edit in front of.
  std::uint64_t pending() const;

  bool in_word() const { return in_name() || state_ == State::address; }  // what follows may belong to it
  bool wants_address() const { return state_ == State::address_start; }   // "url(" was the last of it

  static bool is_name(char c);

 private:
  enum class State : std::uint8_t {
    outside,
    name,
    escape,         // behind a backslash
    hex,            // in a hexadecimal escape
    address_start,  // behind url( and blanks
    address,
  };

  bool in_name() const { return state_ == State::name || state_ == State::escape || state_ == State::hex; }
  void outside(const Char& c);
  void in_escape(const Char& c);
  void in_hex(const Char& c);
  void in_address_start(const Char& c);
  void in_address(const Char& c);
  void refuse_address();
  void add(char c);
  void end_hex();
  void end_name(const Char* next);
  void give_up_if_late(const Char& c);

  EditQueue& edits_;
  State state_ = State::outside;
  std::string name_;
  std::uint64_t start_ = 0;  // of the name or the address
  bool behind_at_ = false;   // the name follows '@'
  bool after_at_ = false;    // the last character was '@'
  char quote_ = '\0';        // of the address, if it has one
  unsigned digits_ = 0;
  std::uint32_t code_ = 0;
  bool escape_cr_ = false;  // an escape ended in CR: LF belongs to it
  LocalAddress address_;
  std::vector<Char> begun_;  // the characters of an address that may be allowed
};

}  // namespace p3scan::html
