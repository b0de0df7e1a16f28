// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string_view>

#include "html/css_scanner.h"
#include "html/edit_queue.h"
#include "html/entity_decoder.h"
#include "html/names.h"

namespace p3scan::html {

enum class Opener : std::uint8_t { start, end, instruction };  // <x  </x  <?x

/// Is told what a Tokenizer finds. In the order of the text: tag_name, then for each attribute attribute_name, value
/// (each character) and attribute_ends, then tag_ends.
class TagHandler {
 public:
  TagHandler() = default;
  TagHandler(const TagHandler&) = delete;
  TagHandler& operator=(const TagHandler&) = delete;
  TagHandler(TagHandler&&) = delete;
  TagHandler& operator=(TagHandler&&) = delete;
  virtual ~TagHandler() = default;

  /// `end` is behind the name.
  virtual void tag_name(Opener opener, const Name& name, std::uint64_t end) = 0;
  virtual void attribute_name(const Name& name) = 0;
  virtual void value(const Char& c) = 0;
  virtual void attribute_ends() = 0;
  virtual void tag_ends() = 0;
  virtual void declaration(const Name& name) = 0;  // <!NAME
};

/// The states of the HTML standard's tokenizer (13.2.5) that read tags, octet by octet, for text that nobody can be sure
/// to read alike. Whether "<img" stands in a comment, in CDATA, in a title or in a style sheet depends on the tree that a
/// reader builds, on scripting, on its age (conditional comments). So no such state hides anything here: wherever '<' and
/// a letter stand, a tag begins for one reader or another. What makes even that ambiguous is edited away:
///   * '<' in an attribute's value becomes &lt;, which means the same there and is no tag for anybody else;
///   * quotes, '<', controls and octets beyond ASCII in names, where some readers begin a string or end the name, become
///     '_'; such a name means nothing anyway; quotes and backticks in values without quotes become references;
///   * a tag that the end of the text cuts off is closed, lest it go on in the next part.
/// In the style sheets and scripts of HTML (set_raw) '<' gets a blank behind it: the same style sheet, and no tag.
/// NUL must not reach it.
class Tokenizer {
 public:
  /// `part_raw`: whether '<' in style sheets and scripts gets its blank.
  Tokenizer(EditQueue& edits, TagHandler& handler, bool part_raw)
      : edits_(edits), handler_(handler), part_raw_(part_raw) {}

  /// Returns what is written instead of the character if that is known already, else nothing. `in_css`: somebody else
  /// reads the same text and wants to know at once.
  std::string_view take(const Char& c, bool in_css);
  void finish(std::uint64_t end);  // `end`: size of the text

  /// The text behind this tag is no markup up to the end tag `name`: "style" or "script".
  void set_raw(std::string_view name);
  std::string_view raw() const { return raw_; }

  /// The next octets matter only if they are '<'.
  bool in_plain_text() const { return state_ == State::text && !in_comment_; }

  /// The first octet it may still want to edit.
  std::uint64_t pending() const;

 private:
  enum class State : std::uint8_t {
    text,
    tag_open,
    end_tag_open,
    instruction_open,
    declaration,
    raw_end_tag,
    tag_name,
    before_attribute,
    attribute_name,
    after_attribute_name,
    before_value,
    double_quoted,
    single_quoted,
    unquoted,
    after_quoted,
  };

  void follow_comment(char c);
  void step(const Char& c);
  void tag_open(const Char& c);
  void open_name(const Char& c, Opener opener);
  void declaration(const Char& c);
  void raw_end_tag(const Char& c);
  void in_name(const Char& c);
  void add_to_name(const Char& c);
  void before_attribute(const Char& c);
  void after_attribute_name(const Char& c);
  void before_value(const Char& c);
  void quoted(const Char& c, char quote);
  void unquoted(const Char& c);
  void end_name(std::uint64_t at);
  void end_attribute(State next);
  void end_tag();
  void replace(const Char& c, std::string_view text);

  EditQueue& edits_;
  TagHandler& handler_;
  bool part_raw_;
  State state_ = State::text;
  Opener opener_ = Opener::start;
  Name name_;
  std::string_view raw_;
  std::size_t raw_matched_ = 0;
  bool has_attribute_ = false;                 // one whose end was not told yet
  std::uint64_t less_than_ = kNothingPending;  // the last octet of a value was '<', here
  std::string_view replaced_;                  // what take() returns
  bool in_css_ = false;
  bool in_comment_ = false;  // only tells where a style sheet in a comment ends
  bool raw_in_comment_ = false;
  unsigned dashes_ = 0;
};

}  // namespace p3scan::html
