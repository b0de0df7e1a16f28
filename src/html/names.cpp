// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "html/names.h"

#include <algorithm>

#include "base/ascii.h"

namespace p3scan::html {
namespace {

struct TagRow {
  std::string_view name;
  TagRule rule;
};

// <svg> and <math> begin a namespace in which the same octets are other tokens, depending on the tree that a reader
// has built. Under another name there is no such namespace.
constexpr TagRow kTags[] = {
    {"a", TagRule::link},
    {"animate", TagRule::renamed},
    {"animatecolor", TagRule::renamed},
    {"animatemotion", TagRule::renamed},
    {"animatetransform", TagRule::renamed},
    {"area", TagRule::link},
    {"discard", TagRule::renamed},
    {"handler", TagRule::renamed},
    {"import", TagRule::renamed},  // <?import: behaviours of Internet Explorer
    {"listener", TagRule::renamed},
    {"math", TagRule::renamed},
    {"meta", TagRule::meta},
    {"param", TagRule::parameter},
    {"script", TagRule::script},
    {"set", TagRule::renamed},
    {"style", TagRule::style},
    {"svg", TagRule::renamed},
    {"xml-stylesheet", TagRule::renamed},
};

constexpr std::string_view kVmlShapes[] = {"arc",  "curve",    "group", "image",     "line",
                                           "oval", "polyline", "rect",  "roundrect", "shape"};

struct AttributeRow {
  std::string_view name;
  AttributeRule rule;
};

constexpr AttributeRow kAttributes[] = {
    {"action", AttributeRule::address},
    {"archive", AttributeRule::renamed},
    {"attributionsrc", AttributeRule::renamed},
    {"background", AttributeRule::address},
    {"classid", AttributeRule::renamed},
    {"clip-path", AttributeRule::css},
    {"code", AttributeRule::renamed},
    {"codebase", AttributeRule::renamed},
    {"color-profile", AttributeRule::css},
    {"cursor", AttributeRule::css},
    {"data", AttributeRule::address},
    {"datasrc", AttributeRule::renamed},
    {"dynsrc", AttributeRule::address},
    {"fill", AttributeRule::css},
    {"filter", AttributeRule::css},
    {"formaction", AttributeRule::address},
    {"icon", AttributeRule::address},
    {"imagesrcset", AttributeRule::renamed},
    {"implementation", AttributeRule::renamed},
    {"longdesc", AttributeRule::address},
    {"lowsrc", AttributeRule::address},
    {"manifest", AttributeRule::renamed},
    {"marker", AttributeRule::css},
    {"marker-end", AttributeRule::css},
    {"marker-mid", AttributeRule::css},
    {"marker-start", AttributeRule::css},
    {"mask", AttributeRule::css},
    {"ping", AttributeRule::renamed},
    {"pluginspage", AttributeRule::renamed},
    {"pluginurl", AttributeRule::renamed},
    {"poster", AttributeRule::address},
    {"src", AttributeRule::address},
    {"srcdoc", AttributeRule::renamed},
    {"srcset", AttributeRule::renamed},
    {"stroke", AttributeRule::css},
    {"style", AttributeRule::css},
};

struct TagAttributeRow {
  TagRule tag;
  std::string_view name;
  AttributeRule rule;
};

constexpr TagAttributeRow kTagAttributes[] = {
    {TagRule::parameter, "value", AttributeRule::address},    {TagRule::script, "type", AttributeRule::renamed},
    {TagRule::meta, "http-equiv", AttributeRule::http_equiv}, {TagRule::meta, "charset", AttributeRule::charset},
    {TagRule::meta, "content", AttributeRule::content},
};

constexpr std::string_view kHttpEquiv[] = {"content-type",
                                           "content-language",
                                           "content-style-type",
                                           "content-script-type",
                                           "x-ua-compatible",
                                           "imagetoolbar",
                                           "cleartype",
                                           "pragma",
                                           "cache-control",
                                           "expires",
                                           ""};

AttributeRule href_rule(TagRule tag, const Name& name, Mode mode) {
  const bool is_link = tag == TagRule::link && !name.has_prefix() && mode == Mode::webbugs;
  return is_link ? AttributeRule::link : AttributeRule::address;
}

bool is_event(std::string_view name) {
  return name.size() > 2 && name.starts_with("on") && name[2] >= 'a' && name[2] <= 'z';
}

}  // namespace

void Name::reset(std::uint64_t at) {
  text_.clear();
  prefix_.clear();
  has_prefix_ = false;
  begin_ = at;
  local_ = at;
}

void Name::add(char c, std::uint64_t at) {
  if (c == ':') {
    prefix_ = text_;
    has_prefix_ = true;
    text_.clear();
    local_ = at + 1;
  } else if (text_.size() < kLongest) {
    text_ += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
}

TagRule tag_rule(const Name& name, Mode mode, Syntax syntax) {
  if (!name.is_known()) return TagRule::plain;
  if (syntax == Syntax::svg && name.text() == "svg") return TagRule::plain;
  if (mode == Mode::strict && name.text() == "form") return TagRule::renamed;
  if (name.prefix() == "v" && std::ranges::find(kVmlShapes, name.text()) != std::end(kVmlShapes)) return TagRule::link;
  const auto* const row = std::ranges::find(kTags, name.text(), &TagRow::name);
  const auto rule = row == std::end(kTags) ? TagRule::plain : row->rule;
  return rule == TagRule::renamed && mode == Mode::p3pmail ? TagRule::plain : rule;
}

AttributeRule attribute_rule(TagRule tag, const Name& name, Mode mode) {
  if (!name.is_known()) return AttributeRule::plain;
  const auto text = name.text();
  if (text == "href") return href_rule(tag, name, mode);
  if (mode == Mode::p3pmail) return text == "src" ? AttributeRule::address : AttributeRule::plain;
  if (is_event(text) || (text == "base" && name.has_prefix())) return AttributeRule::renamed;
  const auto* const own = std::ranges::find_if(
      kTagAttributes, [&](const TagAttributeRow& row) { return row.tag == tag && row.name == text; });
  if (own != std::end(kTagAttributes)) return own->rule;
  const auto* const row = std::ranges::find(kAttributes, text, &AttributeRow::name);
  return row == std::end(kAttributes) ? AttributeRule::plain : row->rule;
}

bool is_harmless_http_equiv(std::string_view word) {
  return std::ranges::find(kHttpEquiv, word) != std::end(kHttpEquiv);
}

}  // namespace p3scan::html
