// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mime/early_header.h"
#include "mime/header.h"
#include "mime/notification.h"

namespace {

bool has_only_crlf(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) return false;
    if (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) return false;
  }
  return true;
}

}  // namespace

/// The input is a value for the surroundings, a template and a mail, parted by two octets 0xfe.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace p3scan::mime;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto take = [&] {
    const auto part = rest.substr(0, rest.find("\xfe\xfe"));
    rest.remove_prefix(std::min(rest.size(), part.size() + 2));
    return part;
  };
  NotificationInput input;
  const auto value = take();
  for (const auto& variable : kTemplateVariables) input.values.*variable.value = value;
  input.subject = value;
  const auto text = take();
  input.template_text = text.empty() ? default_template() : text;
  input.head = rest;
  input.early = early_header(rest, true);

  const auto message = notification(input);
  if (!message.starts_with(input.early) || !has_only_crlf(message)) std::abort();
  const auto header = message.substr(0, message.starts_with("\r\n") ? 0 : message.find("\r\n\r\n") + 2);
  for (const auto* name : {"Subject", "From", "To", "Date"})
    if (count_fields(header, name) != 1) std::abort();
  for (const auto* name : {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"})
    if (count_fields(header, name) > 1) std::abort();
  std::size_t octets = 0;
  Fields fields(header);
  while (const auto field = fields.next()) octets += field->length;
  if (octets != header.size()) std::abort();
  return 0;
}
