// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/leaves.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "authority/identity_cache.h"
#include "authority/packets.h"
#include "authority/peer_fields.h"
#include "authority/signer.h"
#include "authority/support.h"
#include "authority/wire.h"
#include "base/packet_socket.h"

namespace p3scan::authority {
namespace {

using namespace test;
using testing::HasSubstr;

net::PeerCertificate real(const std::string& name = "imap.example.com") {
  net::PeerCertificate certificate;
  certificate.fingerprint = sha256(name);
  certificate.chain = {"not parsed"};
  certificate.subject = {{"C", "DE"}, {"CN", name}, {"emailAddress", "a@b.c"}, {"L", std::string(200, 'x')}};
  certificate.names = {name, "*.com"};
  certificate.addresses = {"192.0.2.1", "2001:db8::1", "nonsense"};
  certificate.not_before = std::chrono::sys_seconds(std::chrono::seconds(kNow));
  certificate.not_after = std::chrono::sys_seconds(std::chrono::seconds(kNow + 90 * kDay));
  return certificate;
}

TEST(PeerFields, TakesWhatIsWithinTheRules) {
  const auto fields = fields_of(real(), true);
  EXPECT_EQ(fields.subject,
            (std::vector<SubjectField>{{Attribute::country, "DE"}, {Attribute::common_name, "imap.example.com"}}));
  EXPECT_EQ(fields.names, std::vector<std::string>{"imap.example.com"});
  ASSERT_EQ(fields.addresses.size(), 2U);
  EXPECT_EQ(fields.addresses[0], std::string("\xc0\x00\x02\x01", 4));
  EXPECT_EQ(fields.addresses[1].size(), 16U);
  EXPECT_EQ(fields.not_before, kNow);
  EXPECT_EQ(fields.not_after, kNow + 90 * kDay);
}

TEST(PeerFields, ABackwardValidity) {
  auto odd = real();
  std::swap(odd.not_before, odd.not_after);
  const auto fields = fields_of(odd, false);
  EXPECT_EQ(fields.not_before, fields.not_after);
  EXPECT_EQ(fields.not_after, kNow);
}

struct Pair {
  UniqueFd ours;
  UniqueFd theirs;
};
Pair sockets() {
  auto made = packet_sockets();
  return {std::move(made->ours), std::move(made->theirs)};
}

const Issuers& issuers() {
  static const Issuers kMade{ca(), ca()};
  return kMade;
}

/// A signer in a thread; it ends with the other side of its socket.
class SignerThread {
 public:
  explicit SignerThread(UniqueFd socket, const Issuers& who = issuers(), SignerLimits limits = {})
      : thread_([socket = std::move(socket), &who, limits, this] {
          serve(socket.get(), who, [this](const std::string& line) { lines_.push_back(line); }, limits);
        }) {}
  std::vector<std::string> lines() {
    thread_.join();
    return lines_;
  }

 private:
  std::vector<std::string> lines_;
  std::jthread thread_;
};

class LeavesTest : public testing::Test {
 protected:
  template <class Body>
  void run(Body body) {
    asio::co_spawn(io, std::move(body), [this](const std::exception_ptr& e) {
      if (e) std::rethrow_exception(e);
      leaves.reset();
      io.stop();
    });
    io.run_for(std::chrono::seconds(30));
    EXPECT_FALSE(leaves) << "it hangs";
    io.restart();
    io.poll();
  }
  void connect_signer(const Issuers& who = issuers()) {
    auto pair = sockets();
    leaves->connect(std::move(pair.ours));
    signers.push_back(std::make_unique<SignerThread>(std::move(pair.theirs), who));
  }
  void make(LeavesLimits limits) { leaves = std::make_unique<Leaves>(io.get_executor(), log, limits); }

  std::vector<std::unique_ptr<SignerThread>> signers;  // after io, which holds sockets: ends before it
  Log log{{.foreground = true}};
  asio::io_context io;
  std::unique_ptr<Leaves> leaves = std::make_unique<Leaves>(io.get_executor(), log);
};

TEST_F(LeavesTest, WithoutCa) {
  run([this]() -> asio::awaitable<void> {
    EXPECT_FALSE(leaves->has_authority());
    const auto identity = co_await leaves->leaf(real(), true);
    EXPECT_THAT(identity.error(), HasSubstr("p3scan ca init"));
  });
}

TEST_F(LeavesTest, MintsOnceAndKeeps) {
  connect_signer();
  EXPECT_TRUE(leaves->has_authority());
  run([this]() -> asio::awaitable<void> {
    const auto first = co_await leaves->leaf(real(), true);
    EXPECT_TRUE(first) << first.error();
    const auto again = co_await leaves->leaf(real(), true);
    EXPECT_EQ(*first, *again);
    const auto other = co_await leaves->leaf(real(), false);
    EXPECT_NE((*first)->fingerprint(), (*other)->fingerprint()) << "bad certificates are never under the trusted CA";
  });
  EXPECT_EQ(signers[0]->lines(), (std::vector<std::string>{"trusted certificate for imap.example.com",
                                                           "untrusted certificate for imap.example.com"}));
}

TEST_F(LeavesTest, ManyAtOnceAreOneRequest) {
  int done = 0;
  std::set<std::string> prints;
  for (int i = 0; i < 50; ++i)
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
          const auto identity = co_await leaves->leaf(real(), true);
          if (identity) prints.insert((*identity)->fingerprint());
          ++done;
        },
        asio::detached);
  connect_signer();
  run([&]() -> asio::awaitable<void> {
    co_await leaves->leaf(real("other.example.com"), true);
    while (done < 50) co_await asio::post(io, asio::use_awaitable);
  });
  EXPECT_EQ(prints.size(), 1U);
  EXPECT_EQ(signers[0]->lines().size(), 2U);
}

TEST_F(LeavesTest, FromManyThreads) {
  connect_signer();
  std::atomic<int> right = 0;
  {
    const auto work = asio::make_work_guard(io);
    std::jthread loop([this] { io.run(); });
    std::vector<std::jthread> others;
    for (int i = 0; i < 4; ++i)
      others.emplace_back([&] {
        asio::io_context own;
        for (int n = 0; n < 100; ++n)
          asio::co_spawn(
              own,
              [&, n]() -> asio::awaitable<void> {
                const auto identity = co_await leaves->leaf(real(fmt::format("host{}.example.com", n % 10)), true);
                if (identity) ++right;
              },
              asio::detached);
        own.run();
      });
    others.clear();
    leaves.reset();
    io.stop();
  }
  EXPECT_EQ(right, 400);
}

TEST_F(LeavesTest, WaitsForASignerAndGivesUp) {
  make({.patience = std::chrono::seconds(0)});
  auto pair = sockets();
  leaves->connect(std::move(pair.ours));  // never greets
  run([this]() -> asio::awaitable<void> {
    const auto identity = co_await leaves->leaf(real(), true);
    EXPECT_FALSE(identity);
    EXPECT_EQ(identity.error(), "the signing process does not answer");
  });
}

TEST_F(LeavesTest, DeathOfTheSignerIsAnError) {
  auto pair = sockets();
  leaves->connect(std::move(pair.ours));
  std::jthread dying([socket = std::move(pair.theirs)] {
    send_wire(socket.get(), encode_greeting({.trusted = "x", .untrusted = "y"}), true);
    receive_wire(socket.get(), true);
  });
  run([this]() -> asio::awaitable<void> {
    const auto identity = co_await leaves->leaf(real(), true);
    EXPECT_EQ(identity.error(), "the signing process ended");
    connect_signer();
    const auto again = co_await leaves->leaf(real(), true);
    EXPECT_TRUE(again) << "the next one serves";
  });
}

TEST_F(LeavesTest, AskedBeforeTheRestart) {
  auto pair = sockets();
  leaves->connect(std::move(pair.ours));
  pair.theirs.reset();
  run([this]() -> asio::awaitable<void> {
    asio::steady_timer soon(io, std::chrono::milliseconds(1));
    co_await soon.async_wait(kNothrow);
    asio::post(io, [this] { connect_signer(); });
    const auto identity = co_await leaves->leaf(real(), true);
    EXPECT_TRUE(identity) << "waited for the one that is started again";
  });
}

TEST_F(LeavesTest, NonsenseFromTheSigner) {
  for (const bool greets : {false, true}) {
    auto pair = sockets();
    make({});
    leaves->connect(std::move(pair.ours));
    std::jthread mad([socket = std::move(pair.theirs), greets] {
      if (!greets) return void(send_wire(socket.get(), "hello", true));
      send_wire(socket.get(), encode_greeting({.trusted = "x", .untrusted = "y"}), true);
      receive_wire(socket.get(), true);
      send_wire(socket.get(), "hello", true);
      receive_wire(socket.get(), true);
    });
    if (!greets) continue;
    io.restart();
    run([this]() -> asio::awaitable<void> {
      const auto identity = co_await leaves->leaf(real(), true);
      EXPECT_EQ(identity.error(), "the signing process ended");
    });
  }
}

/// Certificates that are none, for another number, for another key.
TEST_F(LeavesTest, AnswersThatAreNoUse) {
  auto pair = sockets();
  leaves->connect(std::move(pair.ours));
  std::jthread odd([socket = std::move(pair.theirs)] {
    send_wire(socket.get(), encode_greeting({.trusted = to_der(plain_ca().certificate.get()), .untrusted = "y"}), true);
    for (const auto& text : {std::string("no DER"), to_der(minted(plain_ca(), fields()).get())}) {
      const auto request = decode_request(*receive_wire(socket.get(), true));
      send_wire(socket.get(), encode_answer({.number = request->number + 1, .kind = Answered::refused, .text = "x"}),
                true);
      send_wire(socket.get(), encode_answer({.number = request->number, .kind = Answered::certificate, .text = text}),
                true);
    }
    receive_wire(socket.get(), true);
  });
  run([this]() -> asio::awaitable<void> {
    EXPECT_EQ((co_await leaves->leaf(real(), true)).error(), "a certificate can't be read");
    EXPECT_EQ((co_await leaves->leaf(real(), true)).error(), "the certificate is for another key");
  });
}

TEST_F(LeavesTest, AnotherCaForgetsWhatTheFirstSigned) {
  static const Issuers kOther{ca(), ca()};
  connect_signer();
  run([this]() -> asio::awaitable<void> {
    const auto first = *co_await leaves->leaf(real(), true);
    connect_signer();  // the same CA: as after a crash
    co_await leaves->leaf(real("other.example.com"), true);
    EXPECT_EQ(first, *co_await leaves->leaf(real(), true));
    connect_signer(kOther);
    co_await leaves->leaf(real("third.example.com"), true);
    EXPECT_NE(first, *co_await leaves->leaf(real(), true));
  });
}

TEST_F(LeavesTest, NotMoreAtOnceThanTheLimit) {
  make({.waiting = 2, .patience = std::chrono::seconds(0)});
  auto pair = sockets();
  leaves->connect(std::move(pair.ours));
  std::map<std::string, int> errors;
  int done = 0;
  for (int i = 0; i < 5; ++i)
    asio::co_spawn(
        io,
        [&, i]() -> asio::awaitable<void> {
          const auto identity = co_await leaves->leaf(real(fmt::format("h{}.example.com", i)), true);
          ++errors[identity.error()];
          ++done;
        },
        asio::detached);
  run([&]() -> asio::awaitable<void> {
    while (done < 5) co_await asio::post(io, asio::use_awaitable);
  });
  EXPECT_GE(errors["too many certificates are asked for at once"], 1);
  EXPECT_GE(errors["the signing process does not answer"], 2);
}

TEST_F(LeavesTest, ACertificateThatCanNotBeMirrored) {
  connect_signer();
  run([this]() -> asio::awaitable<void> {
    auto nobody = real();
    nobody.subject.clear();
    nobody.names = {"*.com"};
    nobody.addresses.clear();
    EXPECT_THAT((co_await leaves->leaf(nobody, true)).error(), HasSubstr("can't be mirrored"));
    EXPECT_THAT((co_await leaves->leaf({}, true)).error(), HasSubstr("no certificate"));
  });
}

TEST_F(LeavesTest, ConstrainedSaysWhy) {
  static const Issuers kBound{ca({"example.org"}), ca()};
  connect_signer(kBound);
  run([this]() -> asio::awaitable<void> {
    EXPECT_THAT((co_await leaves->leaf(real(), true)).error(), HasSubstr("may only certify names in example.org"));
    EXPECT_TRUE(co_await leaves->leaf(real(), false)) << "the untrusted one may, since nobody believes it";
  });
}

/// Who has too many names for one certificate gets the name that was looked for, not that of the first who asked.
TEST_F(LeavesTest, TooManyNamesForOne) {
  connect_signer();
  run([this]() -> asio::awaitable<void> {
    auto many = real();
    many.names.resize(kMaxNames, "a.example.com");
    const auto first = *co_await leaves->leaf(many, true);
    many.names.front() = "b.example.com";
    EXPECT_NE(first, *co_await leaves->leaf(many, true));
  });
}

TEST(IdentityCache, KeepsTheLastUsed) {
  auto key = net::TlsKey::generate();
  auto wanted = fields();
  wanted.public_key = public_point(key->native());
  const std::array chain{to_der(minted(plain_ca(), wanted).get())};
  const auto identity = *net::TlsIdentity::make(chain, *key);
  IdentityCache cache(2, std::chrono::hours(1));
  const auto now = IdentityCache::Clock::now();
  cache.put("a", identity, now);
  cache.put("b", identity, now);
  EXPECT_TRUE(cache.find("a", now));
  cache.put("c", identity, now);
  EXPECT_TRUE(cache.find("a", now));
  EXPECT_FALSE(cache.find("b", now));
  EXPECT_FALSE(cache.find("a", now + std::chrono::hours(1))) << "too old";
  cache.put("c", identity, now + std::chrono::hours(1));
  EXPECT_TRUE(cache.find("c", now + std::chrono::minutes(90)));
  cache.clear();
  EXPECT_FALSE(cache.find("c", now));
}

}  // namespace
}  // namespace p3scan::authority
