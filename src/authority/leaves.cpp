// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "authority/leaves.h"

#include <fmt/format.h>

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "authority/identity_cache.h"
#include "authority/mint.h"
#include "authority/packets.h"
#include "authority/peer_fields.h"
#include "authority/wire.h"

namespace p3scan::authority {
namespace {

net::TlsKey make_key() {
  auto key = net::TlsKey::generate();
  if (!key) throw std::runtime_error(key.error());
  return *key;
}

/// A certificate with more names than we take has leaves with different ones, by the name that was looked for.
std::string cache_key(const net::PeerCertificate& real, bool trusted) {
  auto key = real.fingerprint + (trusted ? '+' : '-');
  if (real.names.size() >= kMaxNames) key += real.names.front();
  return key;
}

/// One request on its way, and all who wait for it.
struct Flight {
  Flight(const asio::any_io_executor& executor, std::string key_, std::string packet_, bool trusted_)
      : key(std::move(key_)), packet(std::move(packet_)), trusted(trusted_), deadline(executor), done(executor) {
    done.expires_at(asio::steady_timer::time_point::max());
  }

  std::string key;
  std::string packet;
  bool trusted;
  bool sent = false;
  asio::steady_timer deadline;
  asio::steady_timer done;  // never expires; cancelled when the result is there
  std::optional<Leaves::Identity> result;
};

}  // namespace

/// All but the cache and the flag belongs to the executor.
class Leaves::State : public std::enable_shared_from_this<State> {
 public:
  State(asio::any_io_executor executor, const Log& log, LeavesLimits limits)
      : executor_(std::move(executor)),
        log_(log),
        limits_(limits),
        key_(make_key()),
        point_(public_point(key_.native())),
        cache_(limits.cached, limits.age) {}

  asio::any_io_executor executor() const { return executor_; }
  bool connected_once() const { return connected_once_; }
  void announce() { connected_once_ = true; }
  std::shared_ptr<const net::TlsIdentity> cached(const std::string& key) { return cache_.find(key); }
  const std::string& point() const { return point_; }

  void connect(UniqueFd socket);
  asio::awaitable<Identity> ask(std::uint64_t number, std::string key, std::string packet, bool trusted);
  std::uint64_t next_number() { return next_number_++; }

 private:
  using Signer = asio::posix::stream_descriptor;
  using FlightPtr = std::shared_ptr<Flight>;

  static asio::awaitable<void> listen(std::shared_ptr<State> self, std::shared_ptr<Signer> signer);
  bool take(const std::string& packet);
  void greeted(const Greeting& greeting);
  void answered(const Answer& answer);
  Identity identity_of(const Flight& flight, const Answer& answer) const;
  void send_waiting();
  bool send(Flight& flight);
  void lost(const Signer* signer);
  void finish(std::uint64_t number, Identity result);
  std::uint64_t start(std::uint64_t number, const FlightPtr& flight);

  asio::any_io_executor executor_;
  Log log_;
  LeavesLimits limits_;
  net::TlsKey key_;
  std::string point_;
  IdentityCache cache_;
  std::atomic<bool> connected_once_ = false;
  std::atomic<std::uint64_t> next_number_ = 1;

  std::shared_ptr<Signer> signer_;
  bool greeted_ = false;
  bool waits_to_send_ = false;
  Greeting greeting_;
  std::map<std::uint64_t, FlightPtr> flights_;  // by number
  std::map<std::string, std::uint64_t> by_key_;
  std::deque<std::uint64_t> unsent_;
};

void Leaves::State::connect(UniqueFd socket) {
  if (signer_) signer_->close();
  signer_.reset();
  if (!socket) return;
  signer_ = std::make_shared<Signer>(executor_, socket.release());
  greeted_ = false;
  waits_to_send_ = false;
  // What the one before had not answered yet; a request is no different the second time.
  for (const auto& [number, flight] : flights_)
    if (std::exchange(flight->sent, false)) unsent_.push_back(number);
  asio::co_spawn(executor_, listen(shared_from_this(), signer_), asio::detached);
}

asio::awaitable<void> Leaves::State::listen(std::shared_ptr<State> self, std::shared_ptr<Signer> signer) {
  for (;;) {
    const auto [ec] = co_await signer->async_wait(Signer::wait_read, kNothrow);
    if (ec || self->signer_ != signer) co_return;
    const auto packet = receive_wire(signer->native_handle(), false);
    if (!packet) continue;
    if (packet->empty() || !self->take(*packet)) co_return self->lost(signer.get());
  }
}

/// False when it is nothing that a signer says.
bool Leaves::State::take(const std::string& packet) {
  if (!greeted_) {
    const auto greeting = decode_greeting(packet);
    if (greeting) greeted(*greeting);
    return greeting.has_value();
  }
  const auto answer = decode_answer(packet);
  if (answer) answered(*answer);
  return answer.has_value();
}

void Leaves::State::greeted(const Greeting& greeting) {
  greeted_ = true;
  if (greeting != greeting_) {
    cache_.clear();
    greeting_ = greeting;
  }
  send_waiting();
}

/// Who gave up in the meantime is not there any more.
void Leaves::State::answered(const Answer& answer) {
  const auto found = flights_.find(answer.number);
  if (found == flights_.end()) return;
  const auto flight = found->second;
  auto identity = identity_of(*flight, answer);
  if (identity) cache_.put(flight->key, *identity);
  finish(answer.number, std::move(identity));
}

Leaves::Identity Leaves::State::identity_of(const Flight& flight, const Answer& answer) const {
  switch (answer.kind) {
    case Answered::refused: return fail("no certificate is signed: " + answer.text);
    case Answered::busy: return fail(std::string("no certificate is signed: too many were asked for"));
    case Answered::certificate: break;
  }
  const std::array chain{answer.text, flight.trusted ? greeting_.trusted : greeting_.untrusted};
  return net::TlsIdentity::make(chain, key_);
}

void Leaves::State::send_waiting() {
  while (signer_ && greeted_ && !waits_to_send_ && !unsent_.empty()) {
    const auto found = flights_.find(unsent_.front());
    if (found != flights_.end() && !send(*found->second)) return;
    unsent_.pop_front();
  }
}

/// False when it can't go out now. That the signer is gone its end tells, which is read, too.
bool Leaves::State::send(Flight& flight) {
  const auto sent = send_wire(signer_->native_handle(), flight.packet, false);
  flight.sent = sent == Sent::yes;
  if (sent != Sent::full) return flight.sent;
  waits_to_send_ = true;
  signer_->async_wait(Signer::wait_write, [self = shared_from_this(), signer = signer_](error_code) {
    if (self->signer_ != signer) return;
    self->waits_to_send_ = false;
    self->send_waiting();
  });
  return false;
}

void Leaves::State::lost(const Signer* signer) {
  if (signer_.get() != signer) return;
  signer_->close();
  signer_.reset();
  greeted_ = false;
  std::vector<std::uint64_t> asked;
  for (const auto& [number, flight] : flights_)
    if (flight->sent) asked.push_back(number);
  log_.warning("The signing process has ended; {} sessions waited for it", asked.size());
  for (const auto number : asked) finish(number, fail(std::string("the signing process ended")));
}

void Leaves::State::finish(std::uint64_t number, Identity result) {
  const auto found = flights_.find(number);
  if (found == flights_.end()) return;
  const auto flight = found->second;
  by_key_.erase(flight->key);
  if (!flight->sent) std::erase(unsent_, number);
  flights_.erase(found);
  flight->result = std::move(result);
  flight->deadline.cancel();
  flight->done.cancel();
}

std::uint64_t Leaves::State::start(std::uint64_t number, const FlightPtr& flight) {
  flights_.emplace(number, flight);
  by_key_.emplace(flight->key, number);
  unsent_.push_back(number);
  flight->deadline.expires_after(limits_.patience);
  flight->deadline.async_wait([self = weak_from_this(), number](error_code ec) {
    const auto state = self.lock();
    if (!ec && state) state->finish(number, fail(std::string("the signing process does not answer")));
  });
  send_waiting();
  return number;
}

/// On the executor. The flight goes on without those who give up.
asio::awaitable<Leaves::Identity> Leaves::State::ask(std::uint64_t number, std::string key, std::string packet,
                                                     bool trusted) {
  if (auto made = cache_.find(key)) co_return made;
  FlightPtr flight;
  if (const auto under_way = by_key_.find(key); under_way != by_key_.end()) {
    flight = flights_.at(under_way->second);
  } else {
    if (flights_.size() >= limits_.waiting) co_return fail(std::string("too many certificates are asked for at once"));
    flight = std::make_shared<Flight>(executor_, std::move(key), std::move(packet), trusted);
    start(number, flight);
  }
  if (!flight->result) co_await flight->done.async_wait(kNothrow);
  if (!flight->result) co_return fail(std::string("given up"));
  co_return *flight->result;
}

Leaves::Leaves(const asio::any_io_executor& executor, const Log& log, LeavesLimits limits)
    : state_(std::make_shared<State>(executor, log, limits)) {}

/// The signer ends with its socket.
// NOLINTNEXTLINE(bugprone-exception-escape): without memory the process ends anyway
Leaves::~Leaves() {
  asio::post(state_->executor(), [state = state_] { state->connect(UniqueFd()); });
}

void Leaves::connect(UniqueFd signer) {
  state_->announce();
  asio::post(state_->executor(), [state = state_, socket = std::make_shared<UniqueFd>(std::move(signer))] {
    state->connect(std::move(*socket));
  });
}

bool Leaves::has_authority() const { return state_->connected_once(); }

asio::awaitable<Leaves::Identity> Leaves::leaf(const net::PeerCertificate& real, bool trusted) {
  const auto state = state_;
  if (real.fingerprint.empty()) co_return fail(std::string("the server has no certificate to be mirrored"));
  auto key = cache_key(real, trusted);
  if (auto made = state->cached(key)) co_return made;
  if (!state->connected_once()) co_return fail(std::string("there is no CA; \"p3scan ca init\" makes one"));
  Request request{.number = state->next_number(), .fields = fields_of(real, trusted)};
  request.fields.public_key = state->point();
  auto packet = encode_request(request);
  if (!packet) co_return fail(std::string("the server's certificate can't be mirrored: no usable names, or too many"));
  co_return co_await asio::co_spawn(
      state->executor(), state->ask(request.number, std::move(key), std::move(*packet), trusted), asio::use_awaitable);
}

}  // namespace p3scan::authority
