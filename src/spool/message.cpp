// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "spool/message.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <limits>
#include <optional>

#include "base/asio/asio.h"
#include "spool/spool_file.h"

namespace p3scan {
namespace {

constexpr std::uint64_t kSpaceStep = std::uint64_t{4} << 20;  // octets between two looks at the free space
constexpr auto kNobodyWaits = std::numeric_limits<std::uint64_t>::max();

std::uint64_t octets(std::span<const std::string_view> pieces) {
  std::uint64_t sum = 0;
  for (const auto piece : pieces) sum += piece.size();
  return sum;
}

}  // namespace

SpoolError spool_error(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:  // RLIMIT_FSIZE, with SIGXFSZ ignored
    case ENOMEM: return SpoolError::no_space;
    default: return SpoolError::io;
  }
}

struct Message::State {
  State(asio::any_io_executor e, SpoolLimits l) : executor(std::move(e)), limits(std::move(l)) {}

  Result<void, SpoolError> move_to_file();
  Result<void, SpoolError> write(std::span<const std::string_view> pieces, std::uint64_t sum);
  Result<void, SpoolError> check_space(std::uint64_t coming);
  void keep_in_memory(std::span<const std::string_view> pieces, std::size_t most);
  void wake();
  bool settled(std::uint64_t offset) const { return size > offset || complete || abandoned; }

  asio::any_io_executor executor;
  SpoolLimits limits;
  std::string memory;  // everything, or the head once there is a file
  UniqueFd file;
  std::uint64_t size = 0;
  std::uint64_t next_look = 0;  // file size at which the free space is looked at again
  bool complete = false;
  bool abandoned = false;
  /// Never expires: waiting readers sleep on it, cancelling it wakes them all.
  std::optional<asio::steady_timer> news;
  std::uint64_t wanted = kNobodyWaits;  // smallest offset that a reader waits for
};

Result<void, SpoolError> Message::State::check_space(std::uint64_t coming) {
  if (limits.keep_free == 0 || size + coming < next_look) return {};
  next_look = size + coming + kSpaceStep;
  if (spool::has_free(file.get(), limits.keep_free + kSpaceStep)) return {};
  if (!spool::has_free(file.get(), limits.keep_free + coming)) return fail(SpoolError::no_space);
  next_look = 0;  // little is left: look each time
  return {};
}

Result<void, SpoolError> Message::State::move_to_file() {
  auto opened = spool::open_unnamed(limits.directory);
  if (!opened) return fail(spool_error(opened.error()));
  file = std::move(*opened);
  if (const auto ok = check_space(0); !ok) return ok;
  const std::array<std::string_view, 1> all = {memory};
  if (const auto ok = spool::write_at(file.get(), 0, all); !ok) return fail(spool_error(ok.error()));
  memory.resize(std::min(memory.size(), kHead));
  memory.shrink_to_fit();
  return {};
}

Result<void, SpoolError> Message::State::write(std::span<const std::string_view> pieces, std::uint64_t sum) {
  if (const auto ok = check_space(sum); !ok) return ok;
  if (const auto ok = spool::write_at(file.get(), size, pieces); !ok) return fail(spool_error(ok.error()));
  if (memory.size() < kHead) keep_in_memory(pieces, kHead);
  return {};
}

void Message::State::keep_in_memory(std::span<const std::string_view> pieces, std::size_t most) {
  for (const auto piece : pieces) memory.append(piece.substr(0, most - memory.size()));
}

void Message::State::wake() {
  if (!news || !settled(wanted)) return;
  wanted = kNobodyWaits;
  news->cancel();
}

Message::Message(asio::any_io_executor executor, const SpoolLimits& limits)
    : state_(std::make_unique<State>(std::move(executor), limits)) {}

Message::~Message() = default;

Result<void, SpoolError> Message::append(std::span<const std::string_view> pieces) {
  auto& s = *state_;
  assert(!s.complete);
  const auto sum = octets(pieces);
  if (s.limits.largest != 0 && sum > s.limits.largest - s.size) return fail(SpoolError::too_large);
  if (!s.file && s.size + sum > s.limits.memory) {
    if (const auto ok = s.move_to_file(); !ok) return ok;
  }
  if (!s.file) {
    s.keep_in_memory(pieces, std::string::npos);
  } else if (const auto ok = s.write(pieces, sum); !ok) {
    return ok;
  }
  s.size += sum;
  s.wake();
  return {};
}

void Message::complete() {
  state_->complete = true;
  state_->wake();
}

void Message::abandon() {
  state_->abandoned = true;
  state_->wake();
}

bool Message::is_complete() const { return state_->complete; }
bool Message::is_abandoned() const { return state_->abandoned; }
std::uint64_t Message::size() const { return state_->size; }
std::string_view Message::head() const { return std::string_view(state_->memory).substr(0, kHead); }
bool Message::in_memory() const { return !state_->file; }
std::string_view Message::bytes() const { return in_memory() ? std::string_view(state_->memory) : std::string_view(); }

Result<std::size_t, SpoolError> Message::read(std::uint64_t offset, std::span<char> into) const {
  const auto& s = *state_;
  if (offset >= s.size || into.empty()) return std::size_t{0};
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), s.size - offset));
  if (offset + n <= s.memory.size()) {
    std::memcpy(into.data(), s.memory.data() + offset, n);
    return n;
  }
  const auto got = spool::read_at(s.file.get(), offset, into.first(n));
  if (!got) return fail(spool_error(got.error()));
  if (*got != n) return fail(SpoolError::io);  // somebody shortened the file: never an end of the message
  return n;
}

asio::awaitable<void> Message::grown(std::uint64_t offset) {
  auto& s = *state_;
  while (!s.settled(offset)) {
    if (!s.news) s.news.emplace(s.executor, asio::steady_timer::time_point::max());
    s.wanted = std::min(s.wanted, offset);
    // Woken by wake() or by cancellation; after the latter the next co_await throws, so it is asked for here.
    co_await s.news->async_wait(kNothrow);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }
}

Result<UniqueFd, SpoolError> Message::open_readonly() {
  const auto& s = *state_;
  if (!s.file) {
    auto sealed = spool::open_sealed(s.memory);
    if (!sealed) return fail(spool_error(sealed.error()));
    return std::move(*sealed);
  }
  const auto path = fmt::format("/proc/self/fd/{}", s.file.get());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open is variadic
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return fail(spool_error(errno));
  return fd;
}

Result<void, SpoolError> Message::link_as(const std::string& path, unsigned mode) const {
  const auto named = spool::name_file(source(), path, {.mode = mode, .durable = false});
  if (!named) return fail(spool_error(named.error()));
  return {};
}

spool::Source Message::source() const {
  return {.fd = state_->file.get(), .bytes = bytes(), .size = size(), .keep_free = state_->limits.keep_free};
}

}  // namespace p3scan
