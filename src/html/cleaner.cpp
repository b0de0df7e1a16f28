// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "html/cleaner.h"

#include <algorithm>

#include "base/ascii.h"
#include "html/marks.h"

namespace p3scan::html {
namespace {

constexpr std::size_t kLongestWord = 48;
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Cleaner::Cleaner(Mode mode, Syntax syntax)
    : mode_(mode),
      syntax_(syntax),
      tokenizer_(edits_, *this, mode != Mode::p3pmail),
      css_decoder_(&edits_),
      css_(edits_),
      in_css_(syntax == Syntax::css),
      sheet_(edits_),
      sheet_decoder_(&edits_),
      decoded_sheet_(edits_) {}

void Cleaner::feed(std::string_view text, Edits& edits) {
  while (!text.empty()) {
    const auto skipped = skip(text);
    text.remove_prefix(skipped);
    at_ += skipped;
    work_ += skipped;
    if (text.empty()) break;
    const Char c{text.front(), at_, at_ + 1};
    text.remove_prefix(1);
    ++at_;
    ++work_;
    // Some readers drop NUL, some put another character in its place: without it they agree.
    if (c.value == '\0') {
      edits_.replace_octet(c.begin, "");
    } else {
      take(c);
    }
    if (edits_.full()) edits_.release(settled(), edits);
  }
  edits_.release(settled(), edits);
}

/// How many octets mean nothing to anybody.
std::size_t Cleaner::skip(std::string_view text) const {
  if (in_css_ || !tokenizer_.in_plain_text()) return 0;
  const auto before_tag = text.substr(0, text.find('<'));
  return std::min(before_tag.size(), before_tag.find('\0'));
}

void Cleaner::take(const Char& c) {
  hurry(c.end);
  const bool in_css = in_css_;
  const auto replaced = syntax_ == Syntax::css ? std::string_view{} : tokenizer_.take(c, in_css);
  if (!in_css || !in_css_) return;
  if (replaced.empty()) return take_css(c);
  for (const char written : replaced) take_css({written, c.begin, c.end});  // a style sheet is what is written
}

void Cleaner::take_css(const Char& c) {
  if (!is_xml()) return sheet_.take(c);
  // Elements and CDATA sections may stand in the middle of a name, which is whole again without them.
  const bool begins_name = CssScanner::is_name(c.value) || c.value == '\\' || c.value == '&';
  if ((c.value == '<' && in_css_name()) || (behind_tag_ && begins_name)) {
    put_css_blank(c.begin);
    if (in_css_name()) {  // the blank was part of an escape
      put_css_blank(c.begin);
      edits_.insert(c.begin, "  ");
    } else {
      edits_.insert(c.begin, " ");
    }
  }
  behind_tag_ = c.value == '>';
  take_both(c);
}

bool Cleaner::in_css_name() const { return sheet_.in_word() || decoded_sheet_.in_word(); }

void Cleaner::put_css_blank(std::uint64_t at) { take_both({' ', at, at}); }

/// As it stands, and with references resolved.
void Cleaner::take_both(const Char& c) {
  feed_decoded(sheet_decoder_, c, decoded_sheet_);
  if (sheet_decoder_.added_semicolon()) sheet_.take({';', c.begin, c.begin});
  sheet_.take(c);
}

/// A number may have any number of zeros: ended early it is another one.
void Cleaner::feed_decoded(EntityDecoder& decoder, const Char& c, CharSink& sink) {
  if (decoder.is_open() && c.value != ';' && c.end - decoder.begin() > kMaxUndecided) {
    decoder.finish(sink);
  }
  decoder.feed(c, sink);
}

/// What is still undecided after many octets is decided unseen.
void Cleaner::hurry(std::uint64_t at) {
  if (script_at_ != kNothingPending && at - script_at_ > kMaxUndecided) disable_script();
  if (undecided_ != kNothingPending && at - undecided_ > kMaxUndecided) refuse();
}

std::uint64_t Cleaner::settled() const {
  auto settled = std::min(
      {at_, tokenizer_.pending(), script_at_, undecided_, css_.pending(), sheet_.pending(), decoded_sheet_.pending()});
  for (const auto* decoder : {&css_decoder_, &sheet_decoder_})
    if (decoder->is_open()) settled = std::min(settled, decoder->begin());
  return settled;
}

void Cleaner::tag_name(Opener opener, const Name& name, std::uint64_t end) {
  opener_ = opener;
  tag_ = tag_rule(name, mode_, syntax_);
  if (tag_ == TagRule::renamed) edits_.insert(name.local(), kMark);
  if (opener == Opener::start && tag_ == TagRule::script && mode_ != Mode::p3pmail) script_at_ = end;
  if (opener == Opener::end && tag_ == TagRule::style && !is_xml()) {
    in_css_ = false;
    sheet_.finish();
  }
}

void Cleaner::attribute_name(const Name& name) {
  rule_ = attribute_rule(tag_, name, mode_);
  word_.clear();
  is_script_type_ = script_at_ != kNothingPending && name.text() == "type" && !name.has_prefix();
  if (script_at_ != kNothingPending && !is_script_type_) disable_script();
  if (rule_ == AttributeRule::plain || rule_ == AttributeRule::css) return;
  undecided_ = name.local();
  if (rule_ == AttributeRule::renamed && !is_script_type_) return refuse();
  address_ = {};
  link_.reset();
  meta_.reset();
}

void Cleaner::value(const Char& c) {
  switch (rule_) {
    case AttributeRule::plain: break;
    case AttributeRule::renamed:  // the type of a script
    case AttributeRule::http_equiv:
    case AttributeRule::charset: collect(c.value); break;
    case AttributeRule::address: {
      if (undecided_ == kNothingPending) break;
      const auto match = address_.feed(c.value);
      if (match == Match::refused) refuse();
      if (match == Match::allowed) undecided_ = kNothingPending;
      break;
    }
    case AttributeRule::link:
      decoder_.feed(c, link_);
      if (link_.match() == Match::refused) refuse();
      if (link_.match() == Match::allowed) undecided_ = kNothingPending;
      break;
    case AttributeRule::css: feed_decoded(css_decoder_, c, css_); break;
    case AttributeRule::content: decoder_.feed(c, meta_); break;
  }
}

void Cleaner::collect(char c) {
  if (word_.size() < kLongestWord) word_ += lower(c);
}

void Cleaner::attribute_ends() {
  switch (rule_) {
    case AttributeRule::plain: break;
    case AttributeRule::renamed: judge_script_type(); break;
    case AttributeRule::address:
      if (undecided_ != kNothingPending && address_.finish() == Match::refused) refuse();
      break;
    case AttributeRule::link:
      decoder_.finish(link_);
      if (link_.match() == Match::refused) refuse();
      break;
    case AttributeRule::http_equiv:
      if (!is_harmless_http_equiv(ascii::trim(word_))) refuse();
      break;
    case AttributeRule::charset:
      if (!word_.empty() && !is_plain_charset(ascii::trim(word_))) refuse();
      break;
    case AttributeRule::css:
      css_decoder_.finish(css_);
      css_.finish();
      break;
    case AttributeRule::content:
      decoder_.finish(meta_);
      if (!meta_.is_plain()) refuse();
      break;
  }
  rule_ = AttributeRule::plain;
  undecided_ = kNothingPending;
}

/// Our own mark stays, so that it is not written again.
void Cleaner::judge_script_type() {
  if (!is_script_type_) return;
  is_script_type_ = false;
  if (script_at_ != kNothingPending && word_ == kScriptType) {
    script_at_ = kNothingPending;
    return;
  }
  disable_script();
  refuse();
}

void Cleaner::refuse() {
  if (undecided_ == kNothingPending) return;
  edits_.insert(undecided_, kAttributeMark);
  undecided_ = kNothingPending;
}

void Cleaner::disable_script() {
  if (script_at_ == kNothingPending) return;
  edits_.insert(script_at_, kScriptMark);
  script_at_ = kNothingPending;
}

void Cleaner::tag_ends() {
  disable_script();
  const bool opens = opener_ == Opener::start && syntax_ != Syntax::css;
  if (!opens || (tag_ != TagRule::style && tag_ != TagRule::script)) return;
  if (tag_ == TagRule::style && mode_ != Mode::p3pmail) in_css_ = true;
  if (!is_xml()) tokenizer_.set_raw(tag_ == TagRule::style ? "style" : "script");
}

/// A declared entity or attribute can be anything: without the declaration the document is none.
void Cleaner::declaration(const Name& name) {
  const bool declares = name.text() == "entity" || name.text() == "attlist";
  if (declares && is_xml() && mode_ != Mode::p3pmail) edits_.insert(name.local(), kMark);
}

void Cleaner::finish(Edits& edits) {
  sheet_decoder_.finish(decoded_sheet_);
  // What closes the text must not be taken for an address.
  if (sheet_.wants_address() || decoded_sheet_.wants_address()) edits_.insert(at_, kNoAddress);
  tokenizer_.finish(at_);
  sheet_.finish();
  decoded_sheet_.finish();
  // Programs that show several parts as one text would read the next one as part of it.
  if (tokenizer_.raw() == "script") edits_.insert(at_, "</script>");
  if (tokenizer_.raw() == "style" || (in_css_ && !is_xml() && syntax_ != Syntax::css)) edits_.insert(at_, "</style>");
  edits_.release(kNothingPending, edits);
}

}  // namespace p3scan::html
