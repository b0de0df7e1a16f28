// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/asio/asio.h"
#include "scan/address_list.h"

namespace p3scan {

struct ListSettings {
  std::string whitelist;  // path; a file that does not exist is an empty list
  std::string blacklist;  // path
  std::string userlist;   // directory of p3scan.whitelist.USER and p3scan.blacklist.USER; "~": USER's home; or empty
  std::string home = "/home";             // of the homes
  std::chrono::milliseconds fresh{2000};  // a file is looked at again after this long
};

enum class Listed : std::uint8_t { no, white, black };

struct ListVerdict {
  Listed listed = Listed::no;
  std::string sender;  // the address that a list knows, or the From line; for Subject and log
  std::string entry;   // as it stands in the list
  std::string note;    // what is wrong with a list that was just read, for the log; may be there with any verdict
};

/// The lists of one event loop. Blacklists outweigh whitelists; the user's lists count like the administrator's. A mail
/// is white only if all senders it names are, black if one is. Files are read on the pool, kept while they do not
/// change, and at most 1 MiB of one is read.
class Lists {
 public:
  /// `blocking` outlives it.
  Lists(ListSettings settings, asio::thread_pool& blocking);

  /// Whether there is anything to look at besides files that are not there: false only if no list is configured.
  bool configured() const;

  /// `head`: Message::head(), `complete`: it is the whole message. What `head` and `user` show must outlive the
  /// coroutine. A user whose name can't be a file name has no lists.
  asio::awaitable<ListVerdict> look(std::string_view head, bool complete, std::string_view user);

 private:
  /// A file as it was when it was read.
  struct Stamp {
    ino_t inode = 0;
    off_t size = -1;
    std::int64_t modified = 0;  // nanoseconds
    bool operator==(const Stamp&) const = default;
  };
  struct Cached {
    std::shared_ptr<const scan::AddressList> list;
    Stamp stamp;
    std::chrono::steady_clock::time_point fresh_until;
  };
  struct Read;
  using List = std::shared_ptr<const scan::AddressList>;

  static Read read(const std::string& path, const Cached& known);
  asio::awaitable<List> get(std::string path, std::string& note);
  std::string user_path(std::string_view kind, std::string_view user) const;
  void make_room();

  ListSettings settings_;
  asio::thread_pool* blocking_;
  std::map<std::string, Cached> cache_;  // by path
};

}  // namespace p3scan
