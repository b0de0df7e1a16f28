// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/edited_copy.h"

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace p3scan {

EditedCopy::EditedCopy(boost::asio::any_io_executor executor, SpoolLimits limits, std::string_view original)
    : executor_(std::move(executor)), limits_(std::move(limits)), original_(original) {}

void EditedCopy::append(std::string_view text) {
  if (error_ || text.empty()) return;
  const std::array<std::string_view, 1> pieces = {text};
  if (const auto ok = version_->append(pieces); !ok) error_ = ok.error();
}

void EditedCopy::copy_until(std::uint64_t offset) {
  append(original_.substr(copied_, offset - copied_));
  copied_ = offset;
}

void EditedCopy::replace(std::uint64_t offset, std::uint64_t length, std::string_view text) {
  assert(offset >= copied_ && offset <= original_.size() && length <= original_.size() - offset);
  if (length == 0 && text.empty()) return;
  if (!version_) version_ = std::make_shared<Message>(executor_, limits_);
  copy_until(offset);
  append(text);
  copied_ = offset + length;
}

Result<std::shared_ptr<Message>, SpoolError> EditedCopy::finish() {
  if (!version_) return std::shared_ptr<Message>();
  copy_until(original_.size());
  if (error_) return fail(*error_);
  version_->complete();
  return std::move(version_);
}

}  // namespace p3scan
