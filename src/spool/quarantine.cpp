// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "spool/quarantine.h"

#include <sys/random.h>

#include <cerrno>
#include <chrono>

#include "base/asio/asio.h"
#include "spool/spool_file.h"

namespace p3scan {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::size_t kIdLength = 6;
constexpr std::uint64_t kIds = 56'800'235'584;     // 62^6: 112 years of ticks
constexpr std::uint64_t kStride = 35'104'476'161;  // coprime to 62, so that neighbouring ticks look different
constexpr std::uint64_t kEpoch = 1'767'225'600;    // 2026-01-01
constexpr unsigned kAttempts = 24;

std::uint64_t now_tick() {
  using namespace std::chrono;
  using Ticks = duration<std::int64_t, std::ratio<1, 16>>;
  const auto ticks = duration_cast<Ticks>(system_clock::now().time_since_epoch()).count();
  return static_cast<std::uint64_t>(ticks) - (kEpoch * 16);  // a clock that is behind wraps, which is harmless
}

std::uint64_t random_below(std::uint64_t limit) {
  std::uint64_t value = 0;
  if (::getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) return limit / 2;
  return value % limit;
}

}  // namespace

std::string quarantine_id(std::uint64_t tick) {
  // 62^6 * stride is below 2^71, so the product needs more than 64 bits.
  __extension__ using Wide = unsigned __int128;
  auto scattered = static_cast<std::uint64_t>(static_cast<Wide>(tick % kIds) * kStride % kIds);
  std::string id(kIdLength, 'a');
  for (auto& c : id) {
    c = kLetters[scattered % kLetters.size()];
    scattered /= kLetters.size();
  }
  return id;
}

Result<std::string, SpoolError> quarantine(Message& message, const std::string& virusdir) {
  const auto source = message.source();
  // What has a file already takes no more room under its new name.
  if (source.fd < 0 && source.keep_free != 0 && !spool::has_free(virusdir, source.keep_free + source.size)) {
    return fail(SpoolError::no_space);
  }
  const auto tick = now_tick();
  for (unsigned attempt = 0; attempt < kAttempts; ++attempt) {
    // Taken: another mail of this moment. Step ahead at random, further each time, so that a burst spreads out.
    const auto ahead = attempt == 0 ? 0 : 1 + random_below(std::uint64_t{1} << attempt);
    auto path = virusdir + "/p3scan." + quarantine_id(tick + ahead);
    const auto named = spool::name_file(source, path, {.mode = 0600, .durable = true});
    if (named) return path;
    if (named.error() != EEXIST) return fail(spool_error(named.error()));
  }
  return fail(SpoolError::io);
}

asio::awaitable<Result<std::string, SpoolError>> quarantine(Message& message, std::string virusdir,
                                                            asio::any_io_executor blocking) {
  auto work = [](Message& m, std::string dir) -> asio::awaitable<Result<std::string, SpoolError>> {
    co_return quarantine(m, dir);
  };
  // Without a slot no cancellation gets through: the mail is safe before anything else happens.
  co_return co_await asio::co_spawn(blocking, work(message, std::move(virusdir)),
                                    asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
}

}  // namespace p3scan
