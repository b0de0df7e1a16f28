// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/authorised_users.h"

#include <gtest/gtest.h>

#include "spool/scratch.h"
#include "support/temporary.h"

namespace p3scan {
namespace {

TEST(AuthorisedUsers, Paths) {
  EXPECT_EQ(authorised_user_path("/u", "joe", "mail.test", 110), "/u/joe#mail.test:110");
  EXPECT_EQ(authorised_user_path("/u", "joe@x", "::1", 995), "/u/joe@x#::1:995");
  for (const std::string_view bad : {"", "..", "../joe", "a/b", "a#b", "a\nb"}) {
    EXPECT_EQ(authorised_user_path("/u", bad, "mail.test", 110), "") << bad;
    EXPECT_EQ(authorised_user_path("/u", "joe", bad, 110), "") << bad;
  }
}

TEST(AuthorisedUsers, OnlyThoseWithAFile) {
  const test::Scratch dir;
  asio::io_context io;
  asio::thread_pool pool{1};
  const auto may = [&](std::string_view user) {
    return test::run(io, is_authorised_user(authorised_user_path(dir.path(), user, "mail.test", 110), pool));
  };
  test::write_file(dir.path() + "/joe#mail.test:110", "");
  std::filesystem::create_directory(dir.path() + "/ann#mail.test:110");
  EXPECT_TRUE(may("joe"));
  EXPECT_FALSE(may("ann"));
  EXPECT_FALSE(may("bob"));
  EXPECT_FALSE(may(".."));
}

}  // namespace
}  // namespace p3scan
