// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/content_fields.h"

#include <algorithm>
#include <cstdint>

#include "base/ascii.h"
#include "imap/field_reader.h"
#include "imap/header_lines.h"

namespace p3scan::imap {
namespace {

using Step = FieldReader::Step;

/// A section "name*2*" of a parameter.
struct Section2231 {
  std::string name;
  std::uint32_t number = 0;
  bool encoded = false;
  std::string value;
};

bool take_parameter(FieldReader& in, std::string& name, std::string& value) {
  if (in.peek() != ';') return false;
  in.skip();
  if (in.blanks() != Step::more || in.token(name) != Step::more || in.peek() != '=') return false;
  in.skip();
  auto step = in.blanks();
  if (step != Step::more) return step != Step::flaw;
  if (in.peek() == '"') {
    step = in.quoted_string(value);
  } else if (in.peek() == '=') {  // an encoded-word that nobody put in quotes
    while (!in.at_end() && in.peek() != ';' && !ascii::is_space(in.peek())) {
      value += in.peek();
      in.skip();
    }
  } else {
    step = in.token(value);
  }
  return step != Step::flaw;
}

std::optional<Section2231> section_of(std::string_view name, std::string_view value) {
  const auto star = name.find('*');
  if (star == std::string_view::npos) return std::nullopt;
  Section2231 section{.name = std::string(name.substr(0, star)), .value = std::string(value)};
  auto mark = name.substr(star + 1);
  if (mark.empty()) {
    section.encoded = true;
    return section;
  }
  while (!mark.empty() && ascii::is_digit(mark.front())) {
    section.number = (section.number * 10) + static_cast<std::uint32_t>(mark.front() - '0');
    mark.remove_prefix(1);
  }
  if (mark == "*") {
    section.encoded = true;
    mark = {};
  }
  if (!mark.empty()) return std::nullopt;
  return section;
}

void append_encoded(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '%')
      out += "%25";
    else
      out += c;
  }
}

// Sections that count from 0 without a gap are one value, others stay apart.
void join_sections(std::vector<Section2231>::const_iterator first, std::vector<Section2231>::const_iterator last,
                   ShownParameters& out) {
  std::uint32_t number = 0;
  const bool complete = std::all_of(first, last, [&](const auto& one) { return one.number == number++; });
  if (!complete) {
    for (; first != last; ++first) {
      const auto name = first->name + "*" + std::to_string(first->number) + (first->encoded ? "*" : "");
      out.emplace_back(name, first->value);
    }
    return;
  }
  const bool encoded = std::any_of(first, last, [](const auto& one) { return one.encoded; });
  std::string value = encoded && !first->encoded ? "''" : "";
  const auto name = first->name + (encoded ? "*" : "");
  for (; first != last; ++first) {
    if (encoded && !first->encoded)
      append_encoded(value, first->value);
    else
      value += first->value;
  }
  out.emplace_back(name, std::move(value));
}

ShownParameters take_parameters(FieldReader& in) {
  ShownParameters out;
  std::vector<Section2231> sections;
  while (!in.at_end()) {
    std::string name;
    std::string value;
    if (!take_parameter(in, name, value)) {
      in.skip();
    } else if (auto section = section_of(name, value)) {
      sections.push_back(std::move(*section));
    } else {
      out.emplace_back(std::move(name), std::move(value));
    }
  }
  std::ranges::sort(
      sections, [](const auto& a, const auto& b) { return a.name != b.name ? a.name < b.name : a.number < b.number; });
  for (auto at = sections.cbegin(); at != sections.cend();) {
    const auto last =
        std::find_if(at, sections.cend(), [&](const auto& one) { return !ascii::equal_nocase(one.name, at->name); });
    join_sections(at, last, out);
    at = last;
  }
  return out;
}

std::vector<std::string> read_languages(std::string_view value) {
  FieldReader in(value);
  std::vector<std::string> out;
  in.blanks();
  for (std::string word; in.atom(word) != Step::flaw; word.clear()) {
    out.push_back(word);
    if (in.peek() != ',') break;
    in.skip();
    in.blanks();
  }
  return out;
}

std::optional<std::string> read_encoding(std::string_view value) {
  FieldReader in(value);
  in.blanks();
  std::string word;
  const auto step = in.token(word);
  if (step != Step::end || word.empty()) return std::nullopt;
  return word;
}

void read_disposition(std::string_view value, std::optional<Disposition>& out) {
  if (out && !out->parameters.empty()) return;
  FieldReader in(value);
  in.blanks();
  std::string word;
  if (in.token(word) == Step::flaw) return;
  out = Disposition{.value = std::move(word), .parameters = take_parameters(in)};
}

}  // namespace

const std::string* ContentType::find(std::string_view name) const {
  const auto at =
      std::ranges::find_if(parameters, [&](const auto& one) { return ascii::equal_nocase(one.first, name); });
  return at == parameters.end() ? nullptr : &at->second;
}

ContentType read_content_type(std::string_view value) {
  ContentType out;
  FieldReader in(value);
  if (in.blanks() != Step::more) return out;
  if (in.token(out.type) == Step::end) return out;
  if (in.peek() != '/') return {};
  in.skip();
  if (in.blanks() != Step::more) return {};
  out.has_slash = true;
  const auto step = in.token(out.subtype);
  if (step == Step::flaw || (step == Step::more && in.peek() != ';')) return {};
  out.parameters = take_parameters(in);
  return out;
}

namespace {

/// Where a text that is shown as it is belongs; the first one counts.
std::optional<std::string>* place_of(std::string_view name, ContentFields& out) {
  if (name == "id") return &out.id;
  if (name == "description") return &out.description;
  if (name == "md5") return &out.md5;
  return name == "location" ? &out.location : nullptr;
}

}  // namespace

ContentFields read_content_fields(std::string_view header) {
  ContentFields out;
  HeaderLines lines(header);
  while (const auto line = lines.next()) {
    if (!ascii::starts_with_nocase(line->name, "Content-")) continue;
    const auto name = ascii::lower(line->name.substr(8));
    auto value = folded_value(line->value);
    if (name == "type" && !out.type) out.type = read_content_type(value);
    if (name == "transfer-encoding" && !out.encoding) out.encoding = read_encoding(value);
    if (name == "disposition") read_disposition(value, out.disposition);
    if (name == "language" && out.languages.empty()) out.languages = read_languages(value);
    if (auto* const place = place_of(name, out); place != nullptr && !*place) *place = std::move(value);
  }
  return out;
}

}  // namespace p3scan::imap
