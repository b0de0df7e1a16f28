// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/lists.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"
#include "mime/senders.h"

namespace p3scan {
namespace {

constexpr std::size_t kMaxFile = std::size_t{1} << 20;
constexpr std::size_t kMaxCached = 200;  // files
constexpr std::size_t kMaxSender = 320;
constexpr std::int64_t kNanos = 1'000'000'000;

const scan::AddressList& empty_list() {
  static const scan::AddressList list;
  return list;
}

/// Up to `most` octets; an error is an errno value.
Result<std::string, int> read_text(int fd, std::size_t most) {
  std::string text;
  std::array<char, 16384> piece{};
  while (text.size() < most) {
    const auto n = ::read(fd, piece.data(), std::min(piece.size(), most - text.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(errno);
    if (n == 0) break;
    text.append(piece.data(), static_cast<std::size_t>(n));
  }
  return text;
}

std::string system_message(int error) { return std::generic_category().message(error); }

using ListPair = std::array<const scan::AddressList*, 2>;

std::string_view entry_for(const ListPair& lists, const mime::Sender& sender) {
  for (const auto* list : lists)
    if (const auto entry = list->find(sender.address, sender.line); !entry.empty()) return entry;
  return {};
}

ListVerdict listed(Listed as, const mime::Sender& sender, std::string_view entry) {
  const auto& shown = sender.address.empty() ? sender.line : sender.address;
  return {.listed = as, .sender = shown.substr(0, kMaxSender), .entry = std::string(entry), .note = {}};
}

ListVerdict judge(const mime::Senders& senders, const ListPair& black, const ListPair& white) {
  for (const auto& sender : senders.all)
    if (const auto entry = entry_for(black, sender); !entry.empty()) return listed(Listed::black, sender, entry);
  if (!senders.certain || senders.all.empty()) return {};
  std::string_view first;
  for (const auto& sender : senders.all) {
    const auto entry = entry_for(white, sender);
    if (entry.empty()) return {};
    if (first.empty()) first = entry;
  }
  return listed(Listed::white, senders.all.front(), first);
}

}  // namespace

struct Lists::Read {
  List list;  // null: as it was
  Stamp stamp;
  std::string note;
};

Lists::Lists(ListSettings settings, asio::thread_pool& blocking)
    : settings_(std::move(settings)), blocking_(&blocking) {}

bool Lists::configured() const {
  return !settings_.whitelist.empty() || !settings_.blacklist.empty() || !settings_.userlist.empty();
}

/// On the pool: a home directory may be far away. Only plain files: a pipe would never end.
Lists::Read Lists::read(const std::string& path, const Cached& known) {
  const auto empty = [] { return std::make_shared<const scan::AddressList>(); };
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) return {.list = empty(), .stamp = {}, .note = {}};
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    return {.list = empty(), .stamp = {}, .note = fmt::format("{}: {}", path, system_message(errno))};
  }
  const Stamp stamp{.inode = status.st_ino,
                    .size = status.st_size,
                    .modified = (status.st_mtim.tv_sec * kNanos) + status.st_mtim.tv_nsec};
  if (!S_ISREG(status.st_mode)) return {.list = empty(), .stamp = stamp, .note = path + ": not a file"};
  if (known.list && stamp == known.stamp) return {.list = nullptr, .stamp = stamp, .note = {}};
  const auto text = read_text(fd.get(), kMaxFile + 1);
  if (!text) return {.list = empty(), .stamp = {}, .note = fmt::format("{}: {}", path, system_message(text.error()))};
  auto list =
      std::make_shared<const scan::AddressList>(scan::AddressList::parse(std::string_view(*text).substr(0, kMaxFile)));
  std::string note;
  if (text->size() > kMaxFile) note = fmt::format("{}: more than {} octets, the rest is left out", path, kMaxFile);
  if (note.empty() && list->dropped() > 0) note = fmt::format("{}: {} entries can't be used", path, list->dropped());
  return {.list = std::move(list), .stamp = stamp, .note = std::move(note)};
}

asio::awaitable<Lists::List> Lists::get(std::string path, std::string& note) {
  if (path.empty()) co_return nullptr;
  const auto now = std::chrono::steady_clock::now();
  Cached known;
  if (const auto found = cache_.find(path); found != cache_.end()) {
    if (now < found->second.fresh_until) co_return found->second.list;
    known = found->second;
  }
  auto work = [](std::string file, Cached before) -> asio::awaitable<Read> { co_return read(file, before); };
  // Without a slot no cancellation gets through, which would race with the other thread.
  auto result = co_await asio::co_spawn(*blocking_, work(path, known),
                                        asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
  if (!result.list) result.list = known.list;
  const bool noted_before = known.list != nullptr && known.stamp == result.stamp;
  if (!result.note.empty() && !noted_before) note.append(note.empty() ? "" : "; ").append(result.note);
  if (!cache_.contains(path)) make_room();
  cache_[path] = {
      .list = result.list, .stamp = result.stamp, .fresh_until = std::chrono::steady_clock::now() + settings_.fresh};
  co_return result.list;
}

/// Logins are endless, memory is not: what was looked at longest ago goes.
void Lists::make_room() {
  while (cache_.size() >= kMaxCached) {
    auto oldest = cache_.begin();
    for (auto at = cache_.begin(); at != cache_.end(); ++at)
      if (at->second.fresh_until < oldest->second.fresh_until) oldest = at;
    cache_.erase(oldest);
  }
}

std::string Lists::user_path(std::string_view kind, std::string_view user) const {
  const auto name = scan::user_file_part(user);
  if (settings_.userlist.empty() || name.empty()) return {};
  const auto directory = settings_.userlist == "~" ? fmt::format("{}/{}", settings_.home, name) : settings_.userlist;
  return fmt::format("{}/p3scan.{}.{}", directory, kind, name);
}

asio::awaitable<ListVerdict> Lists::look(std::string_view head, bool complete, std::string_view user) {
  std::string note;
  const auto black = co_await get(settings_.blacklist, note);
  const auto user_black = co_await get(user_path("blacklist", user), note);
  const auto white = co_await get(settings_.whitelist, note);
  const auto user_white = co_await get(user_path("whitelist", user), note);
  const auto list = [](const List& given) { return given ? given.get() : &empty_list(); };
  const ListPair blacks{list(black), list(user_black)};
  const ListPair whites{list(white), list(user_white)};
  ListVerdict verdict;
  const bool any = !blacks[0]->empty() || !blacks[1]->empty() || !whites[0]->empty() || !whites[1]->empty();
  if (any) verdict = judge(mime::read_senders(head, complete), blacks, whites);
  verdict.note = std::move(note);
  co_return verdict;
}

}  // namespace p3scan
