// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "proto/line.h"

namespace p3scan::proto {

LineReader::Status LineReader::next(std::string_view& input, std::string_view& line) {
  const bool strict = end_ == LineEnd::crlf;
  const auto found = strict ? input.find("\r\n") : input.find('\n');
  if (found == std::string_view::npos) {
    if (!swallowing_ && input.size() < limit_) return Status::need_more;
    swallowing_ = true;
    const bool half_end = strict && input.ends_with('\r');  // an LF may follow
    input.remove_prefix(input.size() - (half_end ? 1 : 0));
    return Status::need_more;
  }
  const auto length = found + (strict ? 2 : 1);
  if (swallowing_ || length > limit_) {
    input.remove_prefix(length);
    swallowing_ = false;
    return Status::too_long;
  }
  line = input.substr(0, found);
  if (!strict && line.ends_with('\r')) line.remove_suffix(1);
  input.remove_prefix(length);
  return Status::line;
}

}  // namespace p3scan::proto
