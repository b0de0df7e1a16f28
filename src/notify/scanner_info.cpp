// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/scanner_info.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <system_error>

#include "base/ascii.h"
#include "base/unique_fd.h"
#include "scan/clamav_database.h"
#include "scanner/clamd_connection.h"
#include "scanner/program.h"
#include "scanner/remote_host.h"

namespace p3scan::notify {
namespace {

using namespace asio::experimental::awaitable_operators;

constexpr auto kFresh = std::chrono::seconds(60);
constexpr auto kUsable = std::chrono::minutes(10);
constexpr auto kClamdLimit = std::chrono::seconds(3);

std::string head_of(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::array<char, scan::kDatabaseHead> head{};
  const auto n = file ? ::pread(file.get(), head.data(), head.size(), 0) : 0;
  return {head.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
}

asio::awaitable<std::string> run_program(std::vector<std::string> words, std::chrono::seconds limit, Log log) {
  const auto executor = co_await asio::this_coro::executor;
  auto started = Program::start(executor, words);
  if (!started) {
    log.error("footer: {}: {}", words.front(), std::generic_category().message(started.error()));
    co_return std::string();
  }
  auto program = std::move(*started);
  std::string output;
  asio::steady_timer timer(executor, limit);
  const auto first = co_await (program.run(output, ScannerInfo::kMaxText) || timer.async_wait(asio::use_awaitable));
  if (first.index() == 1) {
    log.error("footer: {} took longer than {} seconds and was killed", words.front(), limit.count());
    co_return std::string();
  }
  co_return std::string(ascii::trim(output));
}

std::string database_text(const std::string& version, const std::string& directory) {
  for (const char* const name : {"/daily.cld", "/daily.cvd"}) {
    if (const auto database = scan::parse_database_head(head_of(directory + name)))
      return "ClamAV " + version + "/" + database->version + "/" + database->date;
  }
  return "ClamAV " + version;
}

asio::awaitable<std::string> at_once(std::string text) { co_return text; }

asio::awaitable<std::string> ask_clamd(std::string text) {
  const auto target = parse_clamd_target(text);
  if (!target) co_return "clamd";
  HostAddresses addresses;
  auto connection = co_await ClamdConnection::open(*target, addresses, kClamdLimit);
  if (!connection) co_return "clamd";
  const auto answer = co_await (*connection)->ask("zVERSION", kClamdLimit);
  co_return answer.value_or("clamd");
}

}  // namespace

asio::awaitable<std::string> ScannerInfo::get() {
  const auto self = shared_from_this();
  const auto age = Clock::now() - asked_;
  if ((!known_ || age > kFresh) && !asking_) {
    asking_ = true;
    asio::co_spawn(executor_, refresh(self), asio::detached);
  }
  while (asking_ && (!known_ || age > kUsable)) {
    ready_.expires_at(Clock::time_point::max());
    co_await ready_.async_wait(kNothrow);
  }
  co_return text_;
}

asio::awaitable<void> ScannerInfo::refresh(std::shared_ptr<ScannerInfo> self) {
  std::string text;
  for (const auto& source : self->sources_) {
    std::string part;
    try {
      part = co_await source();
    } catch (const std::exception&) {
      continue;  // it can't be told
    }
    if (!part.empty()) text.append(text.empty() ? "" : ", ").append(part);
  }
  text.resize(std::min(text.size(), kMaxText));
  self->text_ = std::move(text);
  self->asked_ = Clock::now();
  self->known_ = true;
  self->asking_ = false;
  self->ready_.cancel();
}

ScannerInfo::Source output_of(std::vector<std::string> words, std::chrono::seconds limit, const Log& log) {
  return [words = std::move(words), limit, log] { return run_program(words, limit, log); };
}

ScannerInfo::Source version_of_clamd(std::string target) {
  return [target = std::move(target)] { return ask_clamd(target); };
}

ScannerInfo::Source version_of_database(std::string version, std::string directory) {
  return [version = std::move(version), directory = std::move(directory)] {
    return at_once(database_text(version, directory));
  };
}

ScannerInfo::Source constant(std::string text) {
  return [text = std::move(text)] { return at_once(text); };
}

}  // namespace p3scan::notify
