// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/part_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "base/ascii.h"
#include "mime/header.h"
#include "mime/header_end.h"
#include "mime/parameter.h"
#include "mime/transfer.h"

namespace p3scan {
namespace {

constexpr std::size_t kMaxParameters = 20;
constexpr std::size_t kMaxValue = 200;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// type/subtype as RFC 6838 4.2 has it.
bool is_type(std::string_view text) {
  static constexpr std::string_view others = "!#$&-^_.+/";
  return text.size() <= kMaxValue && std::ranges::count(text, '/') == 1 && std::ranges::all_of(text, [](char c) {
           return ascii::is_digit(c) || (c >= 'a' && c <= 'z') || others.find(c) != std::string_view::npos;
         });
}

std::string quoted(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// RFC 2231 4.
std::string extended(std::string_view value) {
  std::string out = "UTF-8''";
  for (const char c : value) {
    const bool plain =
        ascii::is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

/// Builds the value of a field with parameters, one on each line.
class FieldText {
 public:
  FieldText(std::string_view name, std::string_view value, std::string_view ending)
      : text_(fmt::format("{}: {}", name, value)), ending_(ending) {}

  void add(std::string_view name, std::string_view value) { add_raw(name, quoted(value)); }

  /// Both forms where the name is not ASCII: those who do not know RFC 2231 see a name that is as harmless.
  void add_file_name(std::string_view parameter, std::string_view file) {
    if (is_printable(file)) {
      add(parameter, file);
      return;
    }
    std::string plain;
    for (const char c : file) {
      if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80) plain += c >= ' ' && c <= '~' ? c : '_';
    }
    add(parameter, plain);
    add_raw(std::string(parameter) + "*", extended(file));
  }

  /// The parameters of an old field except those called `except`, each once.
  void add_others(std::string_view old_value, std::string_view except) {
    std::vector<std::string> seen = {std::string(except)};
    for (const auto& parameter : mime::read_parameters(old_value).all) {
      const bool known = std::ranges::find(seen, parameter.name) != seen.end();
      const bool is_token = !parameter.name.empty() && std::ranges::all_of(parameter.name, [](char c) {
        return c == '-' || c == '_' || ascii::is_digit(c) || (c >= 'a' && c <= 'z');
      });
      if (known || !is_token || seen.size() > kMaxParameters) continue;
      seen.push_back(parameter.name);
      if (is_printable(parameter.value) && parameter.value.size() <= kMaxValue) add(parameter.name, parameter.value);
    }
  }

  std::string finish() const { return text_ + ending_; }

 private:
  void add_raw(std::string_view name, std::string_view value) {
    text_ += fmt::format(";{}\t{}={}", ending_, name, value);
  }

  std::string text_;
  std::string ending_;
};

/// The edits of one header, which may be found in any order.
class HeaderEdits {
 public:
  HeaderEdits(std::string_view message, const mime::Part& part, std::string_view ending)
      : header_(part.header_of(message)), begin_(part.begin), ending_(ending) {
    end_.feed(header_);
    end_.finish();
  }

  std::string_view header() const { return header_; }
  void remove(const mime::Field& field) { replace(field, {}); }
  void replace(const mime::Field& field, std::string text) { add_edit(field.offset, field.length, std::move(text)); }
  /// At the end of the header.
  void add(std::string_view text) { added_ += text; }
  /// There must be an empty line behind the header: something follows it.
  void close() { closing_ = true; }

  void write(mime::Edits& edits) {
    // Never inside of a field that goes: readers that differ about the end of the header differ about that, too.
    auto at = end_.offset();
    for (const auto& edit : all_) {
      if (edit.offset < at && at < edit.offset + edit.length) at = edit.offset;
    }
    const bool ends_anew =
        std::ranges::any_of(all_, [&](const Edit& edit) { return edit.offset + edit.length == header_.size(); });
    if (end_.needs_break() && !ends_anew) added_.insert(0, ending_);
    if (!added_.empty()) add_edit(at, 0, added_);
    if (closing_ && !is_closed()) add_edit(header_.size(), 0, ending_);
    std::ranges::sort(all_, {}, [](const Edit& edit) { return std::tuple(edit.offset, edit.length != 0, edit.order); });
    for (const auto& edit : all_) edits.replace(begin_ + edit.offset, edit.length, edit.text);
  }

 private:
  struct Edit {
    std::uint64_t offset;
    std::uint64_t length;
    std::string text;
    std::size_t order;
  };

  void add_edit(std::uint64_t offset, std::uint64_t length, std::string text) {
    all_.push_back({.offset = offset, .length = length, .text = std::move(text), .order = all_.size()});
  }
  bool is_closed() const {
    return header_ == "\n" || header_ == "\r\n" || header_.ends_with("\n\n") || header_.ends_with("\n\r\n");
  }

  std::string_view header_;
  std::uint64_t begin_;
  std::string ending_;
  mime::HeaderEnd end_;
  std::vector<Edit> all_;
  std::string added_;
  bool closing_ = false;
};

std::vector<mime::Field> fields_called(std::string_view header, std::string_view name) {
  std::vector<mime::Field> all;
  mime::Fields fields(header);
  while (auto field = fields.next()) {
    if (ascii::equal_nocase(field->name, name)) all.push_back(*field);
  }
  return all;
}

/// Writes the text in the place of the first of the fields, or at the end of the header if there is none.
void put(HeaderEdits& header, const std::vector<mime::Field>& fields, std::string text) {
  if (fields.empty()) {
    header.add(text);
    return;
  }
  header.replace(fields.front(), std::move(text));
  std::ranges::for_each(fields.begin() + 1, fields.end(), [&](const mime::Field& field) { header.remove(field); });
}

}  // namespace

void rename_part(std::string_view message, const mime::Part& part, const NewName& name, std::string_view line_ending,
                 mime::Edits& edits) {
  const bool as_octets = name.as_octets;
  HeaderEdits header(message, part, line_ending);
  const auto types = fields_called(header.header(), "content-type");
  const auto dispositions = fields_called(header.header(), "content-disposition");

  if (!types.empty() || as_octets) {
    FieldText type("Content-Type", as_octets || !is_type(part.type) ? "application/octet-stream" : part.type,
                   line_ending);
    if (!as_octets) type.add_others(types.front().value, "name");
    type.add_file_name("name", name.name);
    put(header, types, type.finish());
  }
  const bool is_inline = !as_octets && part.disposition == "inline" && dispositions.size() == 1;
  FieldText disposition("Content-Disposition", is_inline ? "inline" : "attachment", line_ending);
  if (!dispositions.empty()) disposition.add_others(dispositions.front().value, "filename");
  disposition.add_file_name("filename", name.name);
  put(header, dispositions, disposition.finish());
  header.write(edits);
}

void replace_part(std::string_view message, const mime::Part& part, std::string_view text, std::string_view line_ending,
                  mime::Edits& edits) {
  HeaderEdits header(message, part, line_ending);
  mime::Fields fields(header.header());
  while (const auto field = fields.next()) {
    if (ascii::starts_with_nocase(field->name, "content-")) header.remove(*field);
  }
  const auto nl = std::string(line_ending);
  if (part.depth == 0 && mime::count_fields(header.header(), "mime-version") == 0) header.add("MIME-Version: 1.0" + nl);
  header.add("Content-Type: text/plain; charset=utf-8" + nl + "Content-Transfer-Encoding: quoted-printable" + nl +
             "Content-Disposition: inline" + nl);
  header.close();
  header.write(edits);

  std::string body;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    body.append(text.substr(at, end - at)).append(end < text.size() ? line_ending : std::string_view());
    at = end + 1;
  }
  edits.replace(part.body, part.end - part.body,
                mime::encode_body(mime::Encoding::quoted_printable, line_ending, body));
}

}  // namespace p3scan
