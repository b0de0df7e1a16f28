// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/signer.h"

#include <gtest/gtest.h>

#include <thread>

#include "authority/packets.h"
#include "authority/support.h"
#include "authority/wire.h"
#include "base/packet_socket.h"

namespace p3scan::authority {
namespace {

using namespace test;
using namespace std::chrono_literals;

TEST(TokenBucket, BurstThenRate) {
  const auto start = TokenBucket::Clock::now();
  TokenBucket bucket({.per_second = 10, .burst = 3}, start);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.take(start));
  EXPECT_FALSE(bucket.take(start));
  EXPECT_FALSE(bucket.take(start + 90ms));
  EXPECT_TRUE(bucket.take(start + 150ms));
  EXPECT_FALSE(bucket.take(start + 150ms));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.take(start + 1h));
  EXPECT_FALSE(bucket.take(start + 1h)) << "no more than the burst, however long the rest";
}

class Signer : public testing::Test {
 protected:
  void start(SignerLimits limits = {}, std::vector<std::string> permitted = {}) {
    auto pair = packet_sockets();
    socket = std::move(pair->ours);
    issuers.emplace(ca(std::move(permitted)), ca());
    thread = std::jthread([this, limits, theirs = std::move(pair->theirs)] {
      result = serve(theirs.get(), *issuers, [this](const std::string& line) { lines.push_back(line); }, limits);
    });
    greeting = decode_greeting(*receive_wire(socket.get(), true));
  }
  std::optional<Answer> ask(const LeafFields& wanted, std::uint64_t number = 1) {
    if (send_wire(socket.get(), *encode_request({.number = number, .fields = wanted}), true) != Sent::yes) return {};
    return decode_answer(*receive_wire(socket.get(), true));
  }
  int end() {
    socket.reset();
    thread.join();
    return result;
  }

  std::optional<Issuers> issuers;
  UniqueFd socket;
  std::optional<Greeting> greeting;
  std::vector<std::string> lines;
  int result = -1;
  std::jthread thread;
};

TEST_F(Signer, GreetsAndSigns) {
  start();
  ASSERT_TRUE(greeting);
  EXPECT_EQ(greeting->trusted, to_der(issuers->trusted.certificate.get()));
  EXPECT_EQ(greeting->untrusted, to_der(issuers->untrusted.certificate.get()));
  for (const bool trusted : {true, false}) {
    auto wanted = fields();
    wanted.trusted = trusted;
    const auto answer = ask(wanted, 5);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->number, 5U);
    ASSERT_EQ(answer->kind, Answered::certificate);
    const auto leaf = from_der(answer->text);
    ASSERT_TRUE(leaf);
    EXPECT_EQ(X509_verify(leaf.get(), issuers->trusted.key.get()) == 1, trusted);
    EXPECT_EQ(X509_verify(leaf.get(), issuers->untrusted.key.get()) == 1, !trusted);
  }
  EXPECT_EQ(end(), EXIT_SUCCESS);
  EXPECT_EQ(lines.size(), 2U);
}

/// Attack: whatever bits a gateway sends, there is none for a CA, and what is no request is not answered.
TEST_F(Signer, OctetsChangedGiveNoCa) {
  start({.per_second = 1000000, .burst = 1000000});
  const auto packet = *encode_request({.number = 1, .fields = fields()});
  for (std::size_t place = 8; place < packet.size(); ++place) {
    auto changed = packet;
    changed[place] = static_cast<char>(changed[place] ^ 0x01);
    if (!decode_request(changed)) continue;  // would end the signer: see below
    ASSERT_EQ(send_wire(socket.get(), changed, true), Sent::yes);
    const auto answer = decode_answer(*receive_wire(socket.get(), true));
    ASSERT_TRUE(answer);
    if (answer->kind != Answered::certificate) continue;
    const auto leaf = from_der(answer->text);
    ASSERT_TRUE(leaf);
    EXPECT_EQ(X509_check_ca(leaf.get()), 0) << place;
    EXPECT_EQ(X509_get_key_usage(leaf.get()), static_cast<std::uint32_t>(KU_DIGITAL_SIGNATURE)) << place;
    EXPECT_EQ(X509_get_extended_key_usage(leaf.get()), static_cast<std::uint32_t>(XKU_SSL_SERVER)) << place;
  }
  EXPECT_EQ(end(), EXIT_SUCCESS);
}

TEST_F(Signer, NonsenseEndsIt) {
  start();
  send_wire(socket.get(), "x", true);
  EXPECT_EQ(receive_wire(socket.get(), true), "");
  thread.join();
  EXPECT_EQ(result, EXIT_FAILURE);
}

/// Attack: oversized.
TEST_F(Signer, OversizedEndsIt) {
  start();
  ASSERT_EQ(send_wire(socket.get(), std::string(kMaxWire + 1, '\0'), true), Sent::yes);
  EXPECT_EQ(receive_wire(socket.get(), true), "");
}

/// Attack: a foreign name, in a constrained CA.
TEST_F(Signer, ForeignNames) {
  start({}, {"example.com"});
  auto wanted = fields();
  wanted.names = {"bank.example"};
  const auto answer = ask(wanted);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->kind, Answered::refused);
  EXPECT_EQ(end(), EXIT_SUCCESS);
  EXPECT_TRUE(lines.empty());
}

/// Attack: a flood. Each is answered, few with a signature.
TEST_F(Signer, Flood) {
  start({.per_second = 1, .burst = 20});
  int given = 0;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const auto answer = ask(fields(), i);
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->number, i);
    if (answer->kind == Answered::certificate) ++given;
  }
  EXPECT_GE(given, 20);
  EXPECT_LT(given, 60);
  EXPECT_EQ(end(), EXIT_SUCCESS);
}

}  // namespace
}  // namespace p3scan::authority
