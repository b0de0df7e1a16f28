// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mime/footer.h"

namespace {

using namespace p3scan::mime;

/// Carries edits out; they ascend and lie within the message.
class Result final : public Edits {
 public:
  explicit Result(std::string_view original) : original_(original) {}

  void replace(std::uint64_t offset, std::uint64_t length, std::string_view text) override {
    if (offset < copied_ || offset > original_.size() || length > original_.size() - offset) std::abort();
    out_ += original_.substr(copied_, offset - copied_);
    out_ += text;
    copied_ = offset + length;
    edited_ = true;
  }

  std::string take() const { return out_ + std::string(original_.substr(copied_)); }
  bool edited() const { return edited_; }

 private:
  std::string_view original_;
  std::uint64_t copied_ = 0;
  std::string out_;
  bool edited_ = false;
};

}  // namespace

/// Edits are made exactly when it says so, and leave the parts what they were.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view message(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto footer = footer_text(
      {.file = data[0] % 2U == 0 ? "words" : "W\xc3\xb6rter \xe2\x82\xac", .host = "a.b", .scanner_info = "scanner"});
  const auto before = read_structure(message);
  Result result(message);
  const auto added = add_footer(message, before, footer, result);
  if (result.edited() != (added == FooterAdded::yes)) std::abort();
  const auto edited = result.take();
  const auto after = read_structure(edited);
  if (after.parts.size() != before.parts.size()) std::abort();
  for (std::size_t i = 0; i < before.parts.size(); ++i)
    if (before.parts[i].type != after.parts[i].type || before.parts[i].names != after.parts[i].names) std::abort();
  return 0;
}
