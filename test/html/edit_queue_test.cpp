// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "html/edit_queue.h"

#include <gtest/gtest.h>

#include <string>

namespace p3scan::html {
namespace {

class Listed final : public Edits {
 public:
  void replace(std::uint64_t offset, std::uint64_t length, std::string_view text) override {
    list += std::to_string(offset) + (length == 0 ? "+" : "=") + std::string(text) + " ";
  }
  std::string list;
};

TEST(EditQueue, PutsEditsInOrder) {
  EditQueue queue;
  Listed edits;
  queue.replace_octet(5, "b");
  queue.insert(9, "c");
  queue.insert(5, "a");
  queue.insert(1, "x");
  queue.release(100, edits);
  EXPECT_EQ(edits.list, "1+x 5+a 5=b 9+c ");
}

TEST(EditQueue, KeepsWhatMayStillBePreceded) {
  EditQueue queue;
  Listed edits;
  queue.insert(7, "b");
  queue.release(7, edits);
  EXPECT_EQ(edits.list, "");
  queue.insert(7, "c");
  queue.insert(3, "a");
  queue.release(8, edits);
  EXPECT_EQ(edits.list, "3+a 7+b 7+c ");
}

TEST(EditQueue, TakesTheSameEditOnce) {
  EditQueue queue;
  Listed edits;
  queue.insert(3, "a");
  queue.insert(3, "b");
  queue.insert(3, "a");
  queue.replace_octet(3, "x");
  queue.replace_octet(3, "y");
  queue.release(4, edits);
  EXPECT_EQ(edits.list, "3+a 3+b 3=x ");
  EXPECT_EQ(queue.count(), 3U);
}

}  // namespace
}  // namespace p3scan::html
