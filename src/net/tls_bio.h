// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>

// The types of OpenSSL by their tags, so that its headers stay out of ours.
struct bio_st;

namespace p3scan::net {

/// A non-blocking socket, which it does not own, with octets in front of it that were read from it already.
class FrontedSocket {
 public:
  FrontedSocket(int descriptor, std::string front) : descriptor_(descriptor), front_(std::move(front)) {}

  /// A new BIO over it, which must not outlive it; null without memory.
  bio_st* make_bio();

  // As of recv() and send(): -1 with errno. No signal is raised.
  int read(char* into, int size);
  int write(const char* data, int size) const;
  bool at_end() const { return end_; }  // the peer has closed
  std::size_t left() const { return front_.size() - used_; }

 private:
  int descriptor_;
  std::string front_;
  std::size_t used_ = 0;
  bool end_ = false;
};

}  // namespace p3scan::net
