// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <iconv.h>

#include <string>

namespace p3scan::mime {

/// A conversion of iconv(3), closed at the end of its life.
class IconvHandle {
 public:
  /// An empty name gives no handle.
  IconvHandle(const std::string& to, const std::string& from)
      : handle_(to.empty() || from.empty() ? none() : iconv_open(to.c_str(), from.c_str())) {}
  IconvHandle(const IconvHandle&) = delete;
  IconvHandle& operator=(const IconvHandle&) = delete;
  IconvHandle(IconvHandle&&) = delete;
  IconvHandle& operator=(IconvHandle&&) = delete;
  ~IconvHandle() {
    if (*this) iconv_close(handle_);
  }

  explicit operator bool() const { return handle_ != none(); }
  iconv_t get() const { return handle_; }

 private:
  // NOLINTNEXTLINE(performance-no-int-to-ptr,cppcoreguidelines-pro-type-reinterpret-cast): POSIX defines it like that
  static iconv_t none() { return reinterpret_cast<iconv_t>(-1); }

  iconv_t handle_;
};

}  // namespace p3scan::mime
