// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <string>
#include <utility>

#include "base/ascii.h"
#include "servers.h"

namespace p3scan::bench {
namespace {

class SmtpSink {
 public:
  SmtpSink(const Context& context, UniqueFd fd)
      : context_(context), socket_(context.loop, std::move(fd), context.options) {}

  Task<> run() {
    replies_ = "220 sink.bench.example ESMTP\r\n";
    while (!done_) {
      if (!socket_.has_line()) co_await flush();  // one write for all the commands of a pipeline
      const auto line = co_await socket_.line();
      const auto verb = line.substr(0, line.find(' '));
      if (ascii::equal_nocase(verb, "DATA"))
        co_await data();
      else if (ascii::equal_nocase(verb, "BDAT"))
        co_await chunk(line.substr(verb.size()));
      else
        replies_ += answer(verb, line);
    }
    co_await flush();
  }

 private:
  std::string_view answer(std::string_view verb, std::string_view line) {
    if (ascii::equal_nocase(verb, "EHLO"))
      return "250-sink.bench.example\r\n250-PIPELINING\r\n250-SIZE\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n"
             "250 CHUNKING\r\n";
    if (ascii::equal_nocase(verb, "MAIL")) size_ = number_after(line, "SIZE=");
    if (!ascii::equal_nocase(verb, "QUIT")) return "250 2.0.0 ok\r\n";
    done_ = true;
    return "221 2.0.0 bye\r\n";
  }

  Task<> data() {
    replies_ += "354 go on\r\n";
    co_await flush();
    co_await swallow_mail(socket_, std::exchange(size_, 0));
    taken();
  }

  Task<> chunk(std::string_view arguments) {
    const bool last = arguments.size() >= 4 && ascii::equal_nocase(arguments.substr(arguments.size() - 4), "LAST");
    co_await socket_.discard(number_after(arguments, " "));
    if (last)
      taken();
    else
      replies_ += "250 2.0.0 ok\r\n";
  }

  void taken() {
    context_.counters.received.fetch_add(1, std::memory_order_relaxed);
    replies_ += "250 2.0.0 taken\r\n";
  }

  Task<> flush() {
    co_await socket_.write(replies_);
    replies_.clear();
  }

  static std::uint64_t number_after(std::string_view line, std::string_view key) {
    const auto at = line.find(key);
    if (at == std::string_view::npos) return 0;
    line.remove_prefix(at + key.size());
    return ascii::number<std::uint64_t>(ascii::take_word(line)).value_or(0);
  }

  const Context& context_;
  Socket socket_;
  std::string replies_;
  std::uint64_t size_ = 0;
  bool done_ = false;
};

}  // namespace

Detached serve_smtp(const Context& context, UniqueFd fd) {
  try {
    SmtpSink sink(context, std::move(fd));
    co_await sink.run();
  } catch (const Disconnected&) {  // a client that is done may just go
  }
}

}  // namespace p3scan::bench
