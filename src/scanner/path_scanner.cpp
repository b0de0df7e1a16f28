// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scanner/path_scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <system_error>

#include "base/ascii.h"
#include "scanner/blocking_job.h"
#include "scanner/unpack.h"

namespace p3scan {
namespace {

constexpr std::size_t kNamesMax = 1000;  // octets of all names together

/// What one more file of a message adds to the verdict.
void add(scan::Verdict& all, scan::Verdict one) {
  const auto* const infected = std::get_if<scan::Infected>(&all);
  if (all.index() == one.index()) {
    if (infected == nullptr) return;  // one reason is enough
    const auto& name = std::get<scan::Infected>(one).name;
    if (infected->name.find(name) != std::string::npos || infected->name.size() + name.size() > kNamesMax) return;
  }
  all = scan::combine(std::move(all), std::move(one));
}

}  // namespace

/// The files, whose many parts are not removed on the event loop.
class PathScanner::Held {
 public:
  Held(std::shared_ptr<MessageFiles> files, const PathSettings& settings)
      : files_(std::move(files)), pool_(settings.demime ? settings.blocking : nullptr) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  Held(Held&&) = delete;
  Held& operator=(Held&&) = delete;
  ~Held() {
    if (pool_ == nullptr) return;
    try {
      asio::post(*pool_, [files = std::move(files_)] {});
    } catch (const std::exception&) {
      return;  // no memory to say so: removed here
    }
  }

  const std::shared_ptr<MessageFiles>& get() const { return files_; }

 private:
  std::shared_ptr<MessageFiles> files_;
  asio::thread_pool* pool_;
};

PathScanner::PathScanner(const asio::any_io_executor& executor, std::unique_ptr<PathEngine> engine,
                         PathSettings settings, WorkDirectory directory)
    : engine_(std::move(engine)),
      settings_(std::move(settings)),
      directory_(std::move(directory)),
      turns_(executor, settings_.most) {}

Result<std::unique_ptr<PathScanner>, std::string> PathScanner::make(const asio::any_io_executor& executor,
                                                                    std::unique_ptr<PathEngine> engine,
                                                                    const PathSettings& settings) {
  if (std::ranges::any_of(settings.directory, ascii::is_control)) {
    return fail(std::string("virusdir: scanners can't be told a path with control characters"));
  }
  auto directory = WorkDirectory::create(settings.directory);
  if (!directory) return fail(directory.error());
  return std::unique_ptr<PathScanner>(
      new PathScanner(executor, std::move(engine), settings, std::move(*directory)));  // the constructor is private
}

scan::Failed PathScanner::failed(std::string_view why) const { return {fmt::format("{}: {}", engine_->name(), why)}; }

asio::awaitable<scan::Verdict> PathScanner::scan(Message& message, const scan::MailFacts& facts) {
  co_await message.grown(std::numeric_limits<std::uint64_t>::max());
  if (!message.is_complete()) co_return failed("the message is incomplete");
  co_await turns_.take();
  const Turns::Turn turn(turns_);
  auto created = MessageFiles::create(directory_.path());
  if (!created) {
    co_return failed(
        fmt::format("can't use {}: {}", directory_.path(), std::generic_category().message(created.error())));
  }
  const Held files(std::move(*created), settings_);
  const bool offered = !settings_.altvnmsg_template.empty();
  if (offered && !files.get()->offer_template(settings_.altvnmsg_template)) {
    co_return failed("can't write the template for altvnmsg");
  }
  auto verdict = scan::Verdict(scan::Clean{});
  if (settings_.demime) {
    verdict = co_await look_inside(files.get(), message, facts);
  } else if (!files.get()->link(message)) {
    co_return failed("the message can't be given a name in " + directory_.path());
  } else {
    verdict = co_await engine_->look(files.get()->mail(), message, facts);
  }
  auto* const infected = std::get_if<scan::Infected>(&verdict);
  if (infected == nullptr && files.get()->was_changed()) co_return failed("the scanner changed the message");
  if (infected != nullptr && offered) infected->notification = files.get()->edited_template();
  co_return verdict;
}

asio::awaitable<scan::Verdict> PathScanner::look_inside(const std::shared_ptr<MessageFiles>& files, Message& message,
                                                        const scan::MailFacts& facts) {
  auto opened = message.open_readonly();
  if (!opened) co_return failed("the message can't be read");
  auto source = std::make_shared<UniqueFd>(std::move(*opened));  // a function must be copyable
  const auto unpacked = co_await run_blocking<Unpacked>(
      *settings_.blocking,
      [files, source, size = message.size(), keep_free = settings_.keep_free](const std::atomic<bool>& stop) {
        return unpack({.message = source->get(), .size = size, .keep_free = keep_free}, *files, stop);
      });
  if (!unpacked.error.empty()) co_return failed(unpacked.error);
  auto verdict = scan::Verdict(scan::Clean{});
  if (!unpacked.over_limit.empty()) {
    verdict = scan::Unscannable{fmt::format("over a limit: {}: {}", engine_->name(), unpacked.over_limit)};
  }
  if (engine_->takes_directories()) {
    add(verdict, co_await engine_->look(files->parts(), message, facts));
    co_return verdict;
  }
  for (const auto& path : unpacked.files) add(verdict, co_await engine_->look(path, message, facts));
  co_return verdict;
}

}  // namespace p3scan
