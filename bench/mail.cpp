// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mail.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace p3scan::bench {
namespace {

constexpr std::size_t kFileFrom = 256UL * 1024;  // below, one copy costs less than the page handling of sendfile()

}  // namespace

std::string make_mail(std::uint64_t octets) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::size_t kLine = 76;
  octets = std::max(octets, kLeastMail);
  std::string mail =
      "Received: from bench.example (bench.example [192.0.2.1])\r\n\tby mail.example; Mon, 1 Jan 2024 00:00:00 "
      "+0000\r\n"
      "From: Load Program <load@bench.example>\r\nTo: Sink <sink@bench.example>\r\nSubject: a mail of the benchmark\r\n"
      "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <1@bench.example>\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=us-ascii\r\n\r\n";
  mail.reserve(octets);
  std::uint64_t state = 88172645463325252ULL;  // xorshift64
  while (mail.size() < octets) {
    auto line = std::min<std::size_t>(kLine, octets - mail.size() - 2);
    if (octets - mail.size() - line - 2 < 3) line = octets - mail.size() - 2;  // the last line takes a short rest along
    for (std::size_t i = 0; i < line; ++i) {
      state ^= state << 13U, state ^= state >> 7U, state ^= state << 17U;
      mail += kAlphabet[state % kAlphabet.size()];
    }
    mail += "\r\n";
  }
  return mail;
}

Prepared::Prepared(std::string bytes) : bytes_(std::move(bytes)), size_(bytes_.size()) {
  if (bytes_.size() < kFileFrom) return;
  file_ = UniqueFd(::memfd_create("mail", MFD_CLOEXEC));
  for (std::string_view rest = bytes_; !rest.empty();) {
    const auto count = ::write(file_.get(), rest.data(), rest.size());
    if (count <= 0) throw std::system_error(errno, std::generic_category(), "memfd");
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  bytes_ = {};
}

Task<> swallow_mail(Socket& socket, std::uint64_t octets) {
  if (octets > kTail) co_await socket.discard(octets - kTail);
  co_await socket.skip_past(kEndOfMail);
}

}  // namespace p3scan::bench
