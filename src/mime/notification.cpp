// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/notification.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/ascii.h"
#include "mime/address.h"
#include "mime/charset.h"
#include "mime/date.h"
#include "mime/header.h"
#include "mime/rfc2047.h"
#include "mime/template.h"
#include "mime/template_text.h"
#include "mime/utf8.h"

namespace p3scan::mime {
namespace {

constexpr std::size_t kMaxValue = 400;
constexpr std::string_view kHex = "0123456789ABCDEF";
constexpr std::size_t kMaxLines = 2000;  // of VDINFO
constexpr std::string_view kNoName = "<no virusinfo could be examined>";
constexpr auto kAddressFields = std::to_array<std::string_view>({"From", "To", "Cc", "Reply-To", "Sender"});

bool is_address_field(std::string_view name) {
  return std::ranges::any_of(kAddressFields, [&](auto known) { return ascii::equal_nocase(name, known); });
}

bool may_repeat(std::string_view name) {
  return ascii::starts_with_nocase(name, "X-") || ascii::equal_nocase(name, "Received");
}

bool is_seven_bit(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string one_line(std::string_view value) {
  const auto text = display_text(value.substr(0, 2 * kMaxValue));  // some octets more: blanks may lead
  return std::string(ascii::trim(utf8_prefix(text, kMaxValue)));
}

/// Lines stay lines.
std::string several_lines(std::string_view value) {
  auto lines = crlf_lines(value.substr(0, kMaxLines));
  std::string out;
  for (std::string_view rest = lines; !rest.empty();) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    out.append(out.empty() ? "" : "\r\n").append(one_line(line));
    rest.remove_prefix(line.size() + 2);
  }
  return out;
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

/// RFC 2045 6.7; soft line breaks keep lines short wherever in a line the value begins.
std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  for (const char c : text) {
    const unsigned value = static_cast<unsigned char>(c);
    const bool plain = c == '\r' || c == '\n' || (value >= ' ' && value < 0x7f && c != '=');
    if (c == '\n') column = 0;
    if (column >= 30) {
      out += "=\r\n";
      column = 0;
    }
    if (plain) {
      out += c;
    } else {
      out.append({'=', kHex[value >> 4U], kHex[value & 15U]});
    }
    column += plain ? 1 : 3;
  }
  return out;
}

class Composer {
 public:
  explicit Composer(const NotificationInput& input)
      : input_(input), template_(input.template_text), values_(input.values), out_(input.early) {
    values_.mailfrom = display_value(input.head, "From");
    values_.mailto = display_value(input.head, "To");
    values_.subject = display_value(input.head, "Subject");
    if (values_.virusname.empty()) values_.virusname = kNoName;
    for (const auto& variable : kTemplateVariables) {
      auto& value = values_.*variable.value;
      value = variable.value == &TemplateValues::vdinfo ? several_lines(value) : one_line(value);
    }
  }

  std::string run() {
    const auto body = expand(template_.body(), body_values());
    add_missing("Date", input_.values.maildate.empty() ? rfc5322_date(0, {}) : values_.maildate);
    add_missing_address("From");
    add_missing_address("To");
    const auto subject_end = input_.subject_end.empty() ? values_.virusname : one_line(input_.subject_end);
    if (input_.automatic_subject) add_missing("Subject", one_line(input_.subject) + " " + subject_end);
    return finish(body);
  }

  std::string run_for(const Addressed& addressed) {
    out_.clear();
    add_line("Date", encode(values_.maildate, 6));
    add_line("From", addressed.from);
    std::string to;
    for (const auto& address : addressed.to) to.append(to.empty() ? "" : ",\r\n ").append(address);
    add_line("To", to.empty() ? "undisclosed-recipients:;" : to);
    add_line("Subject", encode(one_line(addressed.subject), 9));
    add_line("Auto-Submitted", "auto-generated");
    return finish(expand(template_.body(), body_values()));
  }

 private:
  [[nodiscard]] bool wanted(std::string_view name) const { return !find_field(out_, name) && !template_.has(name); }

  std::string finish(const std::string& body) {
    add_template_header(body);
    return std::move(out_.append("\r\n").append(body));
  }

  void add_line(std::string_view name, std::string_view value) {
    out_.append(name).append(": ").append(value).append("\r\n");
  }
  void add_missing(std::string_view name, std::string_view text) {
    if (wanted(name)) add_line(name, encode(ascii::trim(text), name.size() + 2));
  }
  void add_missing_address(std::string_view name) {
    if (!wanted(name)) return;
    const auto field = find_field(input_.head, name);
    add_line(name, addresses(name, field ? field->value : std::string_view{}));
  }

  /// Mailboxes from elsewhere, and what stands for them if there are none: a message must have a sender (RFC 5322
  /// 3.6), which is then the gateway.
  [[nodiscard]] std::string addresses(std::string_view name, std::string_view value) const {
    auto encoded = encode_addresses(value, name.size() + 2);
    if (!encoded.empty()) return encoded;
    if (!ascii::equal_nocase(name, "From")) return "undisclosed-recipients:;";
    const bool usable = !values_.hostname.empty() && std::ranges::all_of(values_.hostname, [](char c) {
      return ascii::is_digit(c) || (ascii::upper(c) >= 'A' && ascii::upper(c) <= 'Z') || c == '.' || c == '-';
    });
    return "P3Scan <postmaster@" + (usable ? values_.hostname : "localhost") + ">";
  }

  /// The values as they stand in the body: in the template's charset and encoding.
  [[nodiscard]] TemplateValues body_values() const {
    auto values = values_;
    for (const auto& variable : kTemplateVariables) {
      auto& value = values.*variable.value;
      if (template_.is_html()) value = escape_html(value);
      value = from_utf8(template_.charset(), value);
      if (template_.is_quoted_printable()) value = quoted_printable(value);
    }
    return values;
  }

  void add_template_header(std::string_view body) {
    const bool eight_bit = !is_seven_bit(body);
    const bool has_type = template_.has("Content-Type");
    if (!template_.has("MIME-Version") && (eight_bit || template_.header().contains("ontent-")))
      add_line("MIME-Version", "1.0");
    Fields fields(template_.header());
    while (const auto field = fields.next())
      if (may_repeat(field->name) || !find_field(out_, field->name)) add_field(*field, eight_bit);
    if (!eight_bit) return;
    if (!has_type) add_line("Content-Type", "text/plain; charset=" + template_.charset());
    if (!template_.has("Content-Transfer-Encoding")) add_line("Content-Transfer-Encoding", "8bit");
  }

  void add_field(const Field& field, bool eight_bit) {
    const auto value = unfold(field.value);
    if (const auto corrected = eight_bit ? corrected_value(field.name, value) : std::nullopt) {
      add_line(field.name, *corrected);
      return;
    }
    const auto expanded = expand(to_utf8(template_.charset(), value).value_or(display_text(value)), header_values());
    const auto text = ascii::trim(expanded);
    if (text == value && is_seven_bit(value)) {
      out_ += template_.header().substr(field.offset, field.length);
    } else {
      add_line(field.name,
               is_address_field(field.name) ? addresses(field.name, text) : encode(text, field.name.size() + 2));
    }
  }

  /// What a MIME field has to say of a body with 8-bit octets, if that is not what it says.
  [[nodiscard]] std::optional<std::string> corrected_value(std::string_view name, const std::string& value) const {
    if (ascii::equal_nocase(name, "Content-Transfer-Encoding") && ascii::equal_nocase(value, "7bit")) return "8bit";
    if (ascii::equal_nocase(name, "Content-Type") && ascii::starts_with_nocase(value, "text/") &&
        !template_.declares_charset())
      return value + "; charset=" + template_.charset();
    return std::nullopt;
  }

  [[nodiscard]] TemplateValues header_values() const {
    auto values = values_;
    values.vdinfo = one_line(values.vdinfo);
    return values;
  }

  const NotificationInput& input_;
  TemplateText template_;
  TemplateValues values_;  // clean UTF-8, bounded
  std::string out_;
};

}  // namespace

std::string notification(const NotificationInput& input) { return Composer(input).run(); }

std::string copy_for_administrators(const NotificationInput& input, const Addressed& addressed) {
  return Composer(input).run_for(addressed);
}

}  // namespace p3scan::mime
