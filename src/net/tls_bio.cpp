// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "net/tls_bio.h"

#include <openssl/bio.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "net/openssl.h"

namespace p3scan::net {
namespace {

FrontedSocket& of(BIO* bio) { return *static_cast<FrontedSocket*>(BIO_get_data(bio)); }

bool worth_another_try() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int bio_read(BIO* bio, char* into, int size) {
  BIO_clear_retry_flags(bio);
  const int n = of(bio).read(into, size);
  if (n < 0 && worth_another_try()) BIO_set_retry_read(bio);
  return n;
}

int bio_write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  const int n = of(bio).write(data, size);
  if (n < 0 && worth_another_try()) BIO_set_retry_write(bio);
  return n;
}

long bio_control(BIO* bio, int command, long /*number*/, void* /*pointer*/) {
  switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return of(bio).at_end() ? 1 : 0;
    case BIO_CTRL_PENDING: return static_cast<long>(of(bio).left());
    default: return 0;
  }
}

int bio_create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* method() {
  static const std::unique_ptr<BIO_METHOD, Freed<BIO_meth_free>> kind = [] {
    auto* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "fronted socket");
    if (made != nullptr) {
      BIO_meth_set_read(made, bio_read);
      BIO_meth_set_write(made, bio_write);
      BIO_meth_set_ctrl(made, bio_control);
      BIO_meth_set_create(made, bio_create);
    }
    return std::unique_ptr<BIO_METHOD, Freed<BIO_meth_free>>(made);
  }();
  return kind.get();
}

}  // namespace

bio_st* FrontedSocket::make_bio() {
  const auto* const kind = method();
  auto* const bio = kind != nullptr ? BIO_new(kind) : nullptr;
  if (bio != nullptr) BIO_set_data(bio, this);
  return bio;
}

int FrontedSocket::read(char* into, int size) {
  if (left() > 0) {
    const auto n = std::min(left(), static_cast<std::size_t>(size));
    std::memcpy(into, front_.data() + used_, n);
    used_ += n;
    if (left() == 0) {
      std::string().swap(front_);
      used_ = 0;
    }
    return static_cast<int>(n);
  }
  const auto n = ::recv(descriptor_, into, static_cast<std::size_t>(size), 0);
  end_ = n == 0;
  return static_cast<int>(n);
}

int FrontedSocket::write(const char* data, int size) const {
  return static_cast<int>(::send(descriptor_, data, static_cast<std::size_t>(size), MSG_NOSIGNAL));
}

}  // namespace p3scan::net
