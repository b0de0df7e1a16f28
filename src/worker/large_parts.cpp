// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "worker/large_parts.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/ascii.h"

namespace p3scan::worker {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMaxBoundaries = 100;
constexpr std::size_t kMaxBoundary = 200;
constexpr std::size_t kMaxHeaderLine = 1000;

/// Lines that begin another format inside a text: uuencode, yEnc, BinHex, mbox, a forwarded mail, a boundary.
constexpr std::string_view kOtherFormats[] = {"begin ",
                                              "=ybegin",
                                              "(This file must be converted",
                                              "From ",
                                              ">From ",
                                              "Received:",
                                              "Return-Path:",
                                              "Content-",
                                              "MIME-Version:",
                                              "--"};

constexpr auto kBase64 = [] {
  std::array<bool, 256> is{};
  for (const char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"sv)
    is[static_cast<unsigned char>(c)] = true;
  return is;
}();

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_base64(std::string_view line) {
  return std::ranges::all_of(line, [](char c) { return kBase64[static_cast<unsigned char>(c)]; });
}

bool looks_like_another_format(std::string_view line) {
  // Most lines of a text begin with none of these letters; the comparison is for the others.
  return std::ranges::any_of(kOtherFormats, [&](auto start) { return ascii::starts_with_nocase(line, start); });
}

/// Where `name` stands in `line`, in any case; its size if nowhere.
std::size_t find_nocase(std::string_view line, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::search(line, name, {}, ascii::upper, ascii::upper).begin() -
                                  line.begin());
}

class Walk {
 public:
  Walk(std::string_view mail, std::size_t least) : mail_(mail), least_(least) {}

  std::vector<LargePart> run() {
    for (std::size_t at = 0; at < mail_.size();) {
      const auto end = mail_.find('\n', at);
      const auto next = end == std::string_view::npos ? mail_.size() : end + 1;
      const auto line = without_line_end(mail_.substr(at, next - at));
      if (in_header_)
        header_line(line, next);
      else
        body_line(line, at);
      at = next;
    }
    if (!in_header_) end_part(mail_.size());
    return ambiguous_ ? std::vector<LargePart>{} : std::move(found_);
  }

 private:
  void header_line(std::string_view line, std::size_t next) {
    if (line.empty()) return begin_body(next);
    if (line.size() > kMaxHeaderLine || line.find_first_of("\r\0"sv) != std::string_view::npos) ambiguous_ = true;
    const bool folded = ascii::is_blank(line.front());
    if (folded && in_encoding_) ambiguous_ = true;
    if (!folded) in_encoding_ = in_type_ = false;
    if (ascii::starts_with_nocase(line, "content-transfer-encoding")) encoding_line(line);
    if (ascii::starts_with_nocase(line, "content-type")) type_line(line);
    if (in_type_) take_boundary(line);
  }

  void encoding_line(std::string_view line) {
    in_encoding_ = true;
    const auto colon = line.find(':');
    if (encoding_ || colon != "content-transfer-encoding"sv.size()) ambiguous_ = true;
    encoding_ = ascii::trim(line.substr(std::min(colon, line.size() - 1) + 1));
  }

  void type_line(std::string_view line) {
    if (type_ || line.find(':') != "content-type"sv.size()) ambiguous_ = true;
    in_type_ = true;
    type_ = ascii::trim(line.substr(std::min("content-type:"sv.size(), line.size())));
  }

  void take_boundary(std::string_view line) {
    // RFC 2231 writes the value in other ways, which few readers know.
    if (find_nocase(line, "boundary*") < line.size()) ambiguous_ = true;
    constexpr auto name = "boundary="sv;
    const auto at = find_nocase(line, name);
    if (at == line.size()) return;
    auto value = ascii::trim(line.substr(at + name.size()));
    if (value.starts_with('"'))
      value = value.substr(1, value.find('"', 1) - 1);
    else
      value = value.substr(0, value.find_first_of("; \t"));
    if (value.empty() || value.size() > kMaxBoundary || boundaries_.size() >= kMaxBoundaries)
      ambiguous_ = true;
    else
      boundaries_.emplace_back(value);
  }

  void begin_body(std::size_t at) {
    in_header_ = false;
    start_ = at;
    form_ = form_of_part();
    over_ = false;
  }

  std::optional<LargePart::Form> form_of_part() const {
    const auto encoding = encoding_.value_or("7bit");
    const auto type = type_.value_or("text/plain");
    if (ascii::starts_with_nocase(type, "multipart") || ascii::starts_with_nocase(type, "message")) return std::nullopt;
    if (ascii::equal_nocase(encoding, "base64")) return LargePart::Form::base64;
    for (const auto plain : {"7bit"sv, "8bit"sv, "binary"sv})
      if (ascii::equal_nocase(encoding, plain)) return LargePart::Form::as_is;
    return std::nullopt;
  }

  void body_line(std::string_view line, std::size_t at) {
    if (line.starts_with("--") && is_boundary(line)) {
      end_part(at);
      return begin_header(line);
    }
    if (form_ && !fits(*form_, line)) form_.reset();
  }

  bool fits(LargePart::Form form, std::string_view line) {
    if (form == LargePart::Form::as_is) return !looks_like_another_format(line);
    if (line.empty()) {
      over_ = true;  // blank lines only at the end
      return true;
    }
    if (over_) return false;
    const auto padding = line.size() - (line.find_last_not_of('=') + 1);
    over_ = padding != 0;
    return padding <= 2 && line.size() % 4 == 0 && is_base64(line.substr(0, line.size() - padding));
  }

  /// The boundary itself, or its end; with blanks behind it (RFC 2046, 5.1.1).
  bool is_boundary(std::string_view line) const {
    line.remove_prefix(2);
    while (!line.empty() && ascii::is_blank(line.back())) line.remove_suffix(1);
    return std::ranges::any_of(boundaries_, [&](const std::string& boundary) {
      return line.starts_with(boundary) && (line.size() == boundary.size() || line.substr(boundary.size()) == "--");
    });
  }

  void end_part(std::size_t at) {
    if (form_ && at - start_ >= least_) found_.push_back({.offset = start_, .size = at - start_, .form = *form_});
    form_.reset();
  }

  void begin_header(std::string_view line) {
    // What follows the last part is for nobody; it counts as a part with nothing to find.
    in_header_ = !line.ends_with("--");
    in_encoding_ = in_type_ = false;
    encoding_.reset();
    type_.reset();
  }

  std::string_view mail_;
  std::size_t least_;
  std::vector<LargePart> found_;
  std::vector<std::string> boundaries_;
  bool in_header_ = true;
  bool in_encoding_ = false;  // the last header line was of this field
  bool in_type_ = false;
  bool ambiguous_ = false;  // some header can be read in two ways, so the whole mail can
  std::optional<std::string_view> encoding_;
  std::optional<std::string_view> type_;
  std::size_t start_ = 0;
  std::optional<LargePart::Form> form_;
  bool over_ = false;  // base64: padding or a blank line came
};

}  // namespace

std::vector<LargePart> find_large_parts(std::string_view mail, std::size_t least) { return Walk(mail, least).run(); }

}  // namespace p3scan::worker
