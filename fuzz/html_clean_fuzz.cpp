// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "html/cleaner.h"

namespace {

using namespace p3scan::html;

struct Way {
  Mode mode;
  Syntax syntax;
};

/// Applies the edits and sees that they come in order, and not from further back than promised.
class Applied final : public Edits {
 public:
  explicit Applied(std::string_view text) : text_(text) {}

  void replace(std::uint64_t offset, std::uint64_t length, std::string_view text) override {
    if (offset < done_ || offset + length > text_.size() || offset + Cleaner::kLookBack < fed) std::abort();
    out.append(text_.substr(done_, offset - done_)).append(text);
    done_ = offset + length;
  }

  std::string finish() { return out.append(text_.substr(done_)); }

  std::uint64_t fed = 0;
  std::string out;

 private:
  std::string_view text_;
  std::uint64_t done_ = 0;
};

std::string clean(std::string_view text, Way way, std::size_t step) {
  Applied edits(text);
  Cleaner cleaner(way.mode, way.syntax);
  for (std::size_t at = 0; at < text.size(); at += step) {
    cleaner.feed(text.substr(at, step), edits);
    edits.fed = std::min<std::uint64_t>(at + step, text.size());
    if (cleaner.settled() + Cleaner::kLookBack < edits.fed) std::abort();
  }
  cleaner.finish(edits);
  if (cleaner.work() > 64 * (text.size() + 1)) std::abort();
  return edits.finish();
}

/// Counts the edits that more than part raw text from markup.
class Serious final : public Edits {
 public:
  void replace(std::uint64_t /*offset*/, std::uint64_t /*length*/, std::string_view text) override {
    if (text != " " && !text.starts_with("</")) std::abort();
  }
};

/// A reader may think that any '<' with a letter behind it begins a tag: nothing must be left for him either.
void check_other_readings(std::string_view cleaned, Way way) {
  constexpr std::size_t kSmall = 2000;
  if (cleaned.size() > kSmall || way.syntax == Syntax::css || way.mode == Mode::p3pmail) return;
  for (std::size_t at = 0; at + 1 < cleaned.size(); ++at) {
    const int letter = static_cast<unsigned char>(cleaned[at + 1]) | 0x20;
    if (cleaned[at] != '<' || letter < 'a' || letter > 'z') continue;
    Serious edits;
    Cleaner cleaner(way.mode, way.syntax);
    cleaner.feed(cleaned.substr(at), edits);
    cleaner.finish(edits);
  }
}

}  // namespace

/// Pieces give what the whole gives; cleaning what was cleaned changes nothing, wherever a reader begins; linear, and
/// little is held back.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Way way{static_cast<Mode>(data[0] % 3), static_cast<Syntax>(data[0] / 3 % 4)};
  const std::size_t step = 1 + (data[0] / 12);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto cleaned = clean(text, way, size);
  if (clean(text, way, step) != cleaned) std::abort();
  if (clean(cleaned, way, size) != cleaned) std::abort();
  check_other_readings(cleaned, way);
  return 0;
}
