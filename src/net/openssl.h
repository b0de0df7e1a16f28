// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// What everybody needs who talks to OpenSSL.
namespace p3scan::net {

/// Lets an object go: std::unique_ptr<X509, Freed<X509_free>>.
template <auto free_it>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    free_it(object);
  }
};

/// The oldest error of this thread in words, and none left behind.
std::string take_error();

// OpenSSL's octets are unsigned, everybody else's are char; this is the only place where one becomes the other.

inline const unsigned char* to_octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

inline std::string_view to_view(const unsigned char* octets, std::size_t size) {
  return {reinterpret_cast<const char*>(octets), size};  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

inline std::string to_text(const unsigned char* octets, std::size_t size) { return std::string(to_view(octets, size)); }

}  // namespace p3scan::net
