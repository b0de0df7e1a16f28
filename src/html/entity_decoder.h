// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "html/edit_queue.h"

namespace p3scan::html {

/// One character and the octets of the text that it is written with.
struct Char {
  char value;  // every character beyond ASCII is kNotAscii or one of its octets
  std::uint64_t begin;
  std::uint64_t end;
};
inline constexpr char kNotAscii = '\x80';

class CharSink {
 public:
  CharSink() = default;
  CharSink(const CharSink&) = delete;
  CharSink& operator=(const CharSink&) = delete;
  CharSink(CharSink&&) = delete;
  CharSink& operator=(CharSink&&) = delete;
  virtual ~CharSink() = default;
  virtual void take(const Char& c) = 0;
};

/// Resolves character references (&#104; &#x68; &colon;) as far as they give ASCII. A name that gives something else
/// stays as it is written; nothing we look for contains it.
class EntityDecoder {
 public:
  /// `edits`: a reference without its semicolon gets one, so that whatever is inserted behind it does not change it.
  explicit EntityDecoder(EditQueue* edits = nullptr) : edits_(edits) {}

  void feed(const Char& c, CharSink& sink);
  void finish(CharSink& sink);  // the text has ended; ready for another one

  /// Whether a semicolon was added since this was asked.
  bool added_semicolon() { return std::exchange(added_, false); }

  bool is_open() const { return state_ != State::text; }
  std::uint64_t begin() const { return held_[0].begin; }  // of the reference that is open

 private:
  enum class State : std::uint8_t { text, ampersand, hash, hex_start, decimal, hexadecimal, name };
  static constexpr std::size_t kLongest = 20;  // of the names we know, with '&'

  void in_number(const Char& c, CharSink& sink);
  void in_name(const Char& c, CharSink& sink);
  void end_name(char value, CharSink& sink);
  char named_value() const;
  void hold(const Char& c, State state);
  void give_up(CharSink& sink);
  void give(char value, std::uint64_t end, CharSink& sink);
  void give_unended(char value, CharSink& sink);

  EditQueue* edits_;
  bool added_ = false;
  State state_ = State::text;
  std::array<Char, kLongest> held_{};
  std::size_t held_count_ = 0;
  std::uint64_t last_end_ = 0;
  std::uint32_t number_ = 0;
};

}  // namespace p3scan::html
