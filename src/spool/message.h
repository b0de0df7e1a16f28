// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace p3scan {

namespace spool {
struct Source;
}

/// Why a message could not be kept.
enum class SpoolError { no_space, too_large, io };

SpoolError spool_error(int error);  // of an errno value

struct SpoolLimits {
  std::string directory;                           // for messages that outgrow memory: on a real disk
  std::size_t memory = std::size_t{256} * 1024;                 // octets of one message held in memory
  std::uint64_t largest = std::uint64_t{1} << 30;  // octets; more is SpoolError::too_large; 0 = no limit
  std::uint64_t keep_free = std::uint64_t{10000} * 1024;          // octets that must stay free in directory; 0 = no check
};

/// The true octets of one message (no dot-stuffing, no terminator): in memory while small, then in an unlinked
/// file that vanishes with the process. Append-only until complete(), read-only after.
/// Everything here belongs to the executor's thread; scanners read while the message still grows.
class Message {
 public:
  /// Octets from the start that stay in memory for head() whatever the size.
  static constexpr std::size_t kHead = std::size_t{64} * 1024;

  Message(boost::asio::any_io_executor executor, const SpoolLimits& limits);
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;
  Message(Message&&) = delete;
  Message& operator=(Message&&) = delete;
  ~Message();

  /// After an error the message is useless: it stays incomplete and readers are told by abandon().
  Result<void, SpoolError> append(std::span<const std::string_view> pieces);
  void complete();
  /// The message will never be complete; wakes readers.
  void abandon();

  bool is_complete() const;
  bool is_abandoned() const;
  std::uint64_t size() const;     // octets so far
  std::string_view head() const;  // the first min(size, kHead) octets; valid until append()

  /// The whole message while it is held in memory, else nothing; valid until append().
  bool in_memory() const;
  std::string_view bytes() const;

  /// Reads up to into.size() octets at `offset`; fewer only at the end, 0 past it.
  Result<std::size_t, SpoolError> read(std::uint64_t offset, std::span<char> into) const;

  /// Waits until there is something at `offset`, or the message is complete or abandoned. A reader that wants large
  /// pieces names the offset of their last octet; one that wants the complete message names the largest offset.
  /// Throws operation_aborted when cancelled.
  boost::asio::awaitable<void> grown(std::uint64_t offset);

  /// A new descriptor of the message, positioned at 0, that can't change it: the spool file opened read-only, or a
  /// sealed memory file if it is in memory. For engines that want a file. Call after complete().
  Result<UniqueFd, SpoolError> open_readonly();

  /// Gives the message a file name and the mode `mode`, as a hard link to the spool file; a message in
  /// memory is copied to it. The caller unlinks it. `path` must not exist; it should be on the file system of
  /// SpoolLimits::directory, else large messages are copied. Not synced to disk: see quarantine.h for that.
  Result<void, SpoolError> link_as(const std::string& path, unsigned mode) const;

  spool::Source source() const;  // for quarantine(); valid until append()

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace p3scan
