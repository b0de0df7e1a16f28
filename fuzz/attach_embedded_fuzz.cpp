// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdint>
#include <cstdlib>

#include "attach/embedded.h"

namespace {

/// Checks that reports come in order, and keeps what is left of the text.
class Cutter final : public p3scan::attach::EmbeddedHandler {
 public:
  explicit Cutter(std::string_view whole) : text(whole) {}
  void on_file(const p3scan::attach::Embedded& file) override {
    if (text.substr(file.name_offset, file.name.size()) != file.name) std::abort();
    cut(file.offset, file.length);
  }
  void on_line(std::uint64_t offset, std::string_view line) override {
    if (text.substr(offset, line.size()) != line) std::abort();
    cut(offset, line.size());
  }
  void on_end(std::uint64_t offset) override { cut(offset, 0); }
  void cut(std::uint64_t offset, std::uint64_t length) {
    if (offset < done || offset + length > text.size()) std::abort();
    left += text.substr(done, offset - done);
    done = offset + length;
  }

  std::string_view text;
  std::string left;
  std::uint64_t done = 0;
};

std::string left_over(std::string_view text, std::size_t step) {
  Cutter cutter(text);
  p3scan::attach::EmbeddedFiles files(cutter);
  for (std::size_t at = 0; at < text.size(); at += step) {
    const auto settled = files.settled();
    files.feed(text.substr(at, step));
    if (files.settled() < settled || cutter.done > files.settled()) std::abort();
  }
  files.finish();
  return cutter.left + std::string(text.substr(cutter.done));
}

}  // namespace

/// The same in whatever pieces the text comes.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (left_over(text, size + 1) != left_over(text, 3)) std::abort();
  return 0;
}
