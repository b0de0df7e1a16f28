// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/header.h"

namespace p3scan::mime {

/// A notification template taken apart, in every form that was ever in use: with or without header lines, with or
/// without the lone dot that once had to end it, any line ending, any charset.
class TemplateText {
 public:
  explicit TemplateText(std::string_view text);
  TemplateText(const TemplateText&) = delete;
  TemplateText& operator=(const TemplateText&) = delete;
  TemplateText(TemplateText&&) = delete;
  TemplateText& operator=(TemplateText&&) = delete;
  ~TemplateText() = default;

  [[nodiscard]] std::string_view header() const { return header_; }  // whole fields, lines ended by CRLF
  [[nodiscard]] const std::string& body() const { return body_; }    // lines ended by CRLF
  [[nodiscard]] bool has(std::string_view name) const { return find_field(header_, name).has_value(); }

  /// The charset that it declares, else the one that it is written in.
  [[nodiscard]] const std::string& charset() const { return charset_; }
  [[nodiscard]] bool declares_charset() const { return declares_charset_; }
  [[nodiscard]] bool is_html() const { return html_; }
  [[nodiscard]] bool is_quoted_printable() const { return quoted_printable_; }

 private:
  void find_charset();

  std::string text_;
  std::string_view header_;  // aliases text_
  std::string body_;
  std::string charset_;
  bool declares_charset_ = false;
  bool html_ = false;
  bool quoted_printable_ = false;
};

}  // namespace p3scan::mime
