// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace p3scan::html {

/// Takes the changes of one text, in ascending order; what no change names stays, octet for octet.
class Edits {
 public:
  Edits() = default;
  Edits(const Edits&) = delete;
  Edits& operator=(const Edits&) = delete;
  Edits(Edits&&) = delete;
  Edits& operator=(Edits&&) = delete;
  virtual ~Edits() = default;

  /// Octets [offset, offset + length) of the text become `text`. `offset` is never below the end of the edit before it.
  virtual void replace(std::uint64_t offset, std::uint64_t length, std::string_view text) = 0;
};

/// Puts the edits of several readers of one text into order. They ask for an edit when they know enough, which may be
/// some octets later. Two that ask for the same edit get it once.
class EditQueue {
 public:
  /// `text` must be a constant: it is not copied.
  void insert(std::uint64_t at, std::string_view text) { add({at, 0, text}); }
  void replace_octet(std::uint64_t at, std::string_view text) { add({at, 1, text}); }

  /// Hands out all edits in front of `settled`: the offset behind which nobody will ask for anything more.
  void release(std::uint64_t settled, Edits& out);

  bool full() const { return pending_.size() >= kMany; }
  std::uint64_t count() const { return count_; }  // edits so far
  std::uint64_t work() const { return work_; }    // comparisons so far

 private:
  static constexpr std::size_t kMany = 256;
  struct Edit {
    std::uint64_t at;
    std::uint64_t length;
    std::string_view text;
    bool operator==(const Edit&) const = default;
  };

  void add(const Edit& edit);

  std::vector<Edit> pending_;  // by offset; at one offset insertions first
  std::uint64_t count_ = 0;
  std::uint64_t work_ = 0;
};

}  // namespace p3scan::html
