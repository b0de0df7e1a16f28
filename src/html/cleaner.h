// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "html/address.h"
#include "html/css_scanner.h"
#include "html/edit_queue.h"
#include "html/entity_decoder.h"
#include "html/names.h"
#include "html/tokenizer.h"

namespace p3scan::html {

/// Takes out of an HTML text what would be fetched or run when it is read, by edits that leave the rest as it is:
///   attributes and tags get a name that means nothing (src -> data-p3-src, <svg> -> <x-p3-svg>), addresses in CSS
///   become data:,ADDRESS, scripts get a type that nobody runs.
/// Text in, edits out: any pieces, any octets in which ASCII characters mean themselves (ISO-2022-*, UTF-7 and UTF-16
/// must have been converted). Linear time, constant memory, never fails; cleaning what was cleaned changes nothing.
class Cleaner final : private TagHandler {
 public:
  /// No edit begins more than so far behind what was fed.
  static constexpr std::uint64_t kLookBack = 2 * kMaxUndecided;

  Cleaner(Mode mode, Syntax syntax);

  void feed(std::string_view text, Edits& edits);
  void finish(Edits& edits);  // the text has ended

  std::uint64_t settled() const;                                // no edit to come begins in front of this offset
  std::uint64_t places() const { return edits_.count(); }       // edits so far
  std::uint64_t work() const { return work_ + edits_.work(); }  // steps so far, for tests of its linearity

 private:
  void take(const Char& c);
  void take_css(const Char& c);
  bool in_css_name() const;
  void take_both(const Char& c);
  void put_css_blank(std::uint64_t at);
  static void feed_decoded(EntityDecoder& decoder, const Char& c, CharSink& sink);
  std::size_t skip(std::string_view text) const;
  void hurry(std::uint64_t at);

  void tag_name(Opener opener, const Name& name, std::uint64_t end) override;
  void attribute_name(const Name& name) override;
  void value(const Char& c) override;
  void attribute_ends() override;
  void tag_ends() override;
  void declaration(const Name& name) override;

  void collect(char c);
  void judge_script_type();
  void refuse();
  void disable_script();
  bool is_xml() const { return syntax_ == Syntax::xhtml || syntax_ == Syntax::svg; }

  Mode mode_;
  Syntax syntax_;
  EditQueue edits_;
  Tokenizer tokenizer_;
  std::uint64_t at_ = 0;  // octets fed
  std::uint64_t work_ = 0;

  // The tag
  Opener opener_ = Opener::start;
  TagRule tag_ = TagRule::plain;
  std::uint64_t script_at_ = kNothingPending;  // where the mark of a script belongs unless it is there

  // The attribute
  AttributeRule rule_ = AttributeRule::plain;
  bool is_script_type_ = false;                // the first attribute of a script, its type
  std::uint64_t undecided_ = kNothingPending;  // where its mark would go
  std::string word_;                           // its value, if that is short
  LocalAddress address_;
  LinkAddress link_;
  MetaCharset meta_;
  EntityDecoder decoder_;  // of addresses
  EntityDecoder css_decoder_;
  CssScanner css_;

  // A style sheet in the text. In XML references are resolved in it, and it is not known where it ends.
  bool in_css_ = false;
  bool behind_tag_ = false;  // XML: the last character was '>'
  CssScanner sheet_;
  EntityDecoder sheet_decoder_;
  CssScanner decoded_sheet_;
};

}  // namespace p3scan::html
