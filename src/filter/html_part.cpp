// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/html_part.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"
#include "mime/part_text.h"

namespace p3scan {
namespace {

using html::Syntax;

struct TypeRow {
  std::string_view type;
  Syntax syntax;
};

constexpr TypeRow kTypes[] = {
    {"text/html", Syntax::html},
    {"text/x-html", Syntax::html},
    {"text/htm", Syntax::html},
    {"text/x-amp-html", Syntax::html},
    {"text/x-server-parsed-html", Syntax::html},
    {"text/webviewhtml", Syntax::html},
    {"application/html", Syntax::html},
    {"application/x-html", Syntax::html},
    {"application/xhtml+xml", Syntax::xhtml},
    {"application/vnd.wap.xhtml+xml", Syntax::xhtml},
    {"text/xhtml", Syntax::xhtml},
};

/// What only matters where it is shown with the mail: as an attachment it is somebody's document.
constexpr TypeRow kShownTypes[] = {
    {"image/svg+xml", Syntax::svg}, {"image/svg", Syntax::svg},  {"image/svg-xml", Syntax::svg},
    {"text/css", Syntax::css},      {"text/xml", Syntax::xhtml}, {"application/xml", Syntax::xhtml},
};

constexpr std::string_view kOtherTexts[] = {"text/plain",          "text/calendar", "text/csv",      "text/enriched",
                                            "text/richtext",       "text/rtf",      "text/vcard",    "text/x-vcard",
                                            "text/rfc822-headers", "text/markdown", "text/directory"};

struct NameRow {
  std::string_view ending;
  Syntax syntax;
};

constexpr NameRow kNames[] = {{".htm", Syntax::html},    {".html", Syntax::html}, {".shtml", Syntax::html},
                              {".xhtml", Syntax::xhtml}, {".xht", Syntax::xhtml}, {".svg", Syntax::svg},
                              {".css", Syntax::css}};

template <class Rows>
std::optional<Syntax> by_type(const mime::Part& part, const Rows& rows) {
  for (const auto& row : rows)
    if (std::ranges::find(part.types, row.type) != part.types.end()) return row.syntax;
  return std::nullopt;
}

bool is_unknown(std::string_view type) {
  if (!type.contains('/') || type == "application/octet-stream") return true;
  return type.starts_with("text/") && std::ranges::find(kOtherTexts, type) == std::end(kOtherTexts);
}

std::optional<Syntax> by_name(const mime::Part& part) {
  for (const auto& name : part.names) {
    for (const auto& row : kNames) {
      const auto at = name.size() - std::min(name.size(), row.ending.size());
      if (ascii::equal_nocase(std::string_view(name).substr(at), row.ending)) return row.syntax;
    }
  }
  return std::nullopt;
}

/// Keeps the beginning of a text.
class Beginning final : public mime::TextReader {
 public:
  void feed(std::string_view text) override { text_ += text.substr(0, kEnough - std::min(kEnough, text_.size())); }
  std::string_view text() const { return text_; }

 private:
  static constexpr std::size_t kEnough = 1024;
  std::string text_;
};

constexpr std::size_t kRaw = 4096;
constexpr std::string_view kBeginnings[] = {"<!doctype", "<html", "<head", "<body", "<script", "<style", "<table",
                                            "<div",      "<p",    "<br",   "<a",    "<h1",     "<font",  "<title",
                                            "<iframe",   "<!--",  "<b",    "<img",  "<svg",    "<?xml",  "<meta"};

/// As the sniffing rules of browsers have it (mimesniff 7.1), more or less: what they know, and more.
bool begins_like_html(std::string_view message, const mime::Part& part) {
  auto head = part;
  head.end = std::min(part.end, part.body + kRaw);
  Beginning beginning;
  mime::read_text(message, head, beginning);
  auto text = beginning.text();
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  text = ascii::trim(text);
  return std::ranges::any_of(kBeginnings, [&](auto begin) { return ascii::starts_with_nocase(text, begin); });
}

}  // namespace

std::optional<html::Syntax> html_syntax(std::string_view message, const mime::Part& part) {
  if (const auto syntax = by_type(part, kTypes)) return syntax;
  if (part.is_attachment) return std::nullopt;
  if (const auto syntax = by_type(part, kShownTypes)) return syntax;
  if (!std::ranges::any_of(part.types, is_unknown)) return std::nullopt;
  if (const auto syntax = by_name(part)) return syntax;
  if (begins_like_html(message, part)) return Syntax::html;
  return std::nullopt;
}

}  // namespace p3scan
