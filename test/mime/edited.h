// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "mime/edit.h"

namespace p3scan::test {

/// Carries edits out on a text in memory, and holds them to the order that they promise.
class Edited final : public mime::Edits {
 public:
  explicit Edited(std::string_view original) : original_(original) {}

  void replace(std::uint64_t offset, std::uint64_t length, std::string_view text) override {
    ASSERT_GE(offset, copied_);
    ASSERT_LE(offset + length, original_.size());
    out_ += original_.substr(copied_, offset - copied_);
    out_ += text;
    copied_ = offset + length;
    ++count_;
  }

  std::string result() const { return out_ + std::string(original_.substr(copied_)); }
  std::size_t count() const { return count_; }

 private:
  std::string_view original_;
  std::uint64_t copied_ = 0;
  std::size_t count_ = 0;
  std::string out_;
};

}  // namespace p3scan::test
