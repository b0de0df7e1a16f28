// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/signer.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "app/signer_keeper.h"
#include "authority/certificate.h"
#include "authority/packets.h"
#include "authority/wire.h"
#include "base/packet_socket.h"
#include "support/temporary.h"

namespace p3scan::app {
namespace {

constexpr std::int64_t kNow = 1795000000;

class SignerProcess : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(authority::create(path, {.name = "Test CA", .permitted = {}, .now = kNow})); }
  SignerKeeper keeper() const {
    auto files = authority::open_files(path, ::geteuid());
    return {{.files = std::move(*files), .owner = ::geteuid()}, Log({.foreground = true}), run_signer};
  }
  static std::optional<authority::Answer> ask(int socket, std::uint64_t number) {
    authority::LeafFields fields;
    fields.trusted = true;
    fields.public_key = authority::public_point(authority::new_key()->get());
    fields.not_before = kNow;
    fields.not_after = kNow + 86400;
    fields.names = {"imap.example.com"};
    if (authority::send_wire(socket, *authority::encode_request({.number = number, .fields = fields}), true) !=
        authority::Sent::yes)
      return std::nullopt;
    return authority::decode_answer(*authority::receive_wire(socket, true));
  }

  test::TemporaryDirectory temporary;
  std::string path = temporary.path() + "/ca";
};

TEST_F(SignerProcess, SignsInItsSandbox) {
  auto kept = keeper();
  auto socket = kept.start();
  ASSERT_TRUE(socket);
  const auto greeting = authority::decode_greeting(*authority::receive_wire(socket.get(), true));
  ASSERT_TRUE(greeting);
  const auto root = authority::from_der(greeting->trusted);
  EXPECT_EQ(authority::common_name(root.get()), "Test CA");
  for (std::uint64_t number = 1; number < 50; ++number) {
    const auto answer = ask(socket.get(), number);
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->kind, authority::Answered::certificate) << answer->text;
    EXPECT_EQ(X509_verify(authority::from_der(answer->text).get(), X509_get0_pubkey(root.get())), 1);
  }
  const auto line = receive_packet(kept.control(), Wait::yes);
  EXPECT_EQ(line->text, "trusted certificate for imap.example.com");
  socket.reset();
  int status = 0;
  const auto pid = ::waitpid(-1, &status, 0);
  EXPECT_TRUE(kept.is(pid));
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_F(SignerProcess, EndsWithAKeyThatIsNoUse) {
  test::write_file(path + "/ca.key", "nothing");
  auto kept = keeper();
  const auto socket = kept.start();
  EXPECT_EQ(authority::receive_wire(socket.get(), true), "");
  int status = 0;
  ::waitpid(-1, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << status;
  kept.ended(status, false);
  EXPECT_FALSE(kept.running());
  EXPECT_TRUE(kept.due());
}

}  // namespace
}  // namespace p3scan::app
