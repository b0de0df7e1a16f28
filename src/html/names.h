// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace p3scan::html {

enum class Mode : std::uint8_t {
  webbugs,  // nothing is fetched or run when the mail is read; links stay
  strict,   // links and forms neither
  p3pmail,  // what p3pmail did: every href and src is disabled, all else stays
};

/// The kind of text, which says what else may be hidden in it.
enum class Syntax : std::uint8_t {
  html,
  xhtml,  // XML: style sheets may contain references and elements, the document may declare entities
  svg,    // the same; and <svg> itself stays
  css,    // a style sheet of its own
};

/// A name of a tag or an attribute as it was read: its local part, in lower case. Longer ones are nothing we know.
class Name {
 public:
  void reset(std::uint64_t at);
  void add(char c, std::uint64_t at);
  void forget() { text_.assign(kLongest, '?'); }

  std::string_view text() const { return text_; }
  bool is_known() const { return text_.size() < kLongest; }
  bool has_prefix() const { return has_prefix_; }
  std::string_view prefix() const { return prefix_; }
  std::uint64_t begin() const { return begin_; }
  std::uint64_t local() const { return local_; }  // where the local part begins

 private:
  static constexpr std::size_t kLongest = 32;

  std::string text_;
  std::string prefix_;
  bool has_prefix_ = false;
  std::uint64_t begin_ = 0;
  std::uint64_t local_ = 0;
};

enum class TagRule : std::uint8_t {
  plain,
  link,     // a, area, shapes of VML: its href is followed when the reader wants it
  renamed,  // gets a name that means nothing
  script,
  style,
  meta,
  parameter,  // of an object: any of its values may be an address
};

enum class AttributeRule : std::uint8_t {
  plain,
  renamed,     // whatever it says
  address,     // renamed unless it says where in this mail the thing is
  link,        // renamed if it runs a program
  css,         // stays, but what is fetched by it
  http_equiv,  // renamed unless it is known to be harmless
  charset,     // renamed unless ASCII characters mean themselves in it
  content,     // the same for the charset in the content of a <meta>
};

TagRule tag_rule(const Name& name, Mode mode, Syntax syntax);
AttributeRule attribute_rule(TagRule tag, const Name& name, Mode mode);
bool is_harmless_http_equiv(std::string_view word);

}  // namespace p3scan::html
