// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mime/structure.h"
#include "mime/utf8.h"

namespace {

using namespace p3scan::mime;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const Part& part, const StructureLimits& limits, std::size_t size) {
  require(part.begin <= part.body && part.body <= part.end && part.end <= size);
  require(part.depth <= limits.depth && part.names.size() <= limits.names);
  require(!part.types.empty() && part.type == part.types.front());
  require(!part.encodings.empty() && part.encoding == part.encodings.front());
  require(
      std::ranges::all_of(part.names, [](const auto& name) { return !name.empty() && display_text(name) == name; }));
}

}  // namespace

/// Parts are nested, ascending and within the message, and within the limits.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  constexpr StructureLimits kLimits{.parts = 20, .depth = 4, .header = 2000, .parameters = 12, .names = 5};
  const auto structure = read_structure(message, kLimits);
  const auto& parts = structure.parts;
  require(!parts.empty() && parts.size() <= kLimits.parts && structure.over_limit == !structure.why.empty());
  require(parts[0].begin == 0 && parts[0].end == size && parts[0].parent == Part::kNoParent);
  std::uint64_t leaf_end = 0;  // of the leaf before
  for (std::size_t i = 0; i < parts.size(); ++i) {
    check(parts[i], kLimits, size);
    if (i == 0) continue;
    require(parts[i].parent < i);
    const auto& around = parts[parts[i].parent];
    require(!around.is_leaf && parts[i].depth == around.depth + 1);
    require(around.body <= parts[i].begin && parts[i].end <= around.end);
    require(parts[i - 1].begin <= parts[i].begin && leaf_end <= parts[i].begin);
    if (parts[i].is_leaf) leaf_end = parts[i].end;
  }
  return 0;
}
