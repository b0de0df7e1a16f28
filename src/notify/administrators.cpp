// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "notify/administrators.h"

#include <algorithm>
#include <functional>
#include <ranges>
#include <utility>

#include "mime/notification.h"
#include "mime/utf8.h"
#include "notify/address.h"

namespace p3scan::notify {
namespace {

using Clock = Rate::Clock;

constexpr std::size_t kMaxShown = 20;  // names in a summary,
constexpr std::size_t kMaxName = 60;   // and octets of one
constexpr auto kLook = std::chrono::milliseconds(20);
constexpr std::string_view kText =
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    "%VDINFO%\n\n-- \n%PROGNAME% %VERSION% on %HOSTNAME%.%DOMAINNAME%\n";

/// The most frequent first.
std::string summary_text(const Rate::Summary& summary) {
  std::vector<std::pair<std::uint64_t, std::string_view>> names;
  names.reserve(summary.by_name.size());
  for (const auto& [name, count] : summary.by_name) names.emplace_back(count, name);
  std::ranges::sort(names, std::greater<>{}, [](const auto& pair) { return pair.first; });
  auto text = fmt::format("{} more infected mails were found that no mail of its own told you of:\n", summary.mails);
  auto others = summary.mails;
  for (const auto& [count, name] : names | std::views::take(kMaxShown)) {
    text += fmt::format("{} x {}\n", count, name);
    others -= count;
  }
  if (others > 0) text += fmt::format("{} x others\n", others);
  return text;
}

}  // namespace

Administrators::Administrators(const asio::any_io_executor& executor, const Log& log, Clock::duration period)
    : executor_(executor),
      log_(log),
      timer_(executor),
      pause_(executor),
      viruses_(0, period),
      emergencies_(kEmergencies, Rate(1, period)) {}

void Administrators::configure(Settings settings) {
  const Lock lock(mutex_);
  settings_ = std::move(settings);
  auto& server = settings_.server;
  if (server.greeting.empty()) server.greeting = settings_.hostname + "." + settings_.domainname;
  settings_.from = qualified(settings_.from, server.greeting);
  server.from = settings_.from;
  if (!server.host.empty()) {
    for (auto* const list : {&settings_.extra, &settings_.emergency})
      for (auto& address : *list) address = qualified(address, server.greeting);
  }
  viruses_.set_most(settings_.rate);
}

bool Administrators::wants_viruses() const {
  const Lock lock(mutex_);
  return !settings_.extra.empty() && can_send();
}

void Administrators::virus(Report report) {
  const Lock lock(mutex_);
  if (settings_.extra.empty() || !can_send()) return;
  const auto name = mime::display_text(report.values.virusname.substr(0, 2 * kMaxName));
  if (!viruses_.admit(Clock::now(), mime::utf8_prefix(name, kMaxName))) return wake();
  mime::NotificationInput input;
  const auto head = brief_head(report.head);
  input.head = head;
  input.template_text = report.template_text;
  auto subject = "[Virus] found in a mail to " + report.values.username;
  if (report.values.username.empty()) subject = "[Virus] found in a mail";
  input.values = std::move(report.values);
  queue({.to = settings_.extra,
         .subject = subject,
         .message = mime::copy_for_administrators(
             input, {.from = settings_.from, .to = settings_.extra, .subject = subject})});
}

void Administrators::emergency(Emergency kind, std::string_view text) {
  const Lock lock(mutex_);
  if (settings_.emergency.empty() || !can_send()) return;
  if (!emergencies_[static_cast<std::size_t>(kind)].admit(Clock::now(), "")) return wake();
  queue_text(settings_.emergency, emergency_subject(kind), std::string(text));
}

void Administrators::queue_text(const std::vector<std::string>& to, std::string subject, std::string text) {
  mime::NotificationInput input;
  input.template_text = kText;
  input.values.hostname = settings_.hostname;
  input.values.domainname = settings_.domainname;
  input.values.maildate = date_now();
  input.values.vdinfo = std::move(text);
  auto message = mime::copy_for_administrators(input, {.from = settings_.from, .to = to, .subject = subject});
  queue({.to = to, .subject = std::move(subject), .message = std::move(message)});
}

void Administrators::queue(Letter letter) {
  if (waiting_.size() >= kMaxWaiting) {
    if (!std::exchange(dropping_, true)) log_.error("Too many mails to administrators wait, more are dropped");
    return;
  }
  dropping_ = false;
  waiting_.push_back(std::move(letter));
  wake();
}

void Administrators::wake() {
  if (std::exchange(woken_, true)) return;
  asio::post(executor_, [this] { timer_.cancel(); });
}

std::optional<Clock::time_point> Administrators::next_due() const {
  auto due = viruses_.due();
  for (const auto& rate : emergencies_)
    if (rate.due() && (!due || *rate.due() < *due)) due = rate.due();
  return due;
}

void Administrators::queue_summaries(Clock::time_point now) {
  const auto is_due = [&](const Rate& rate) { return rate.due() && (finishing_ || *rate.due() <= now); };
  if (is_due(viruses_)) {
    const auto summary = viruses_.take(now);
    queue_text(settings_.extra, fmt::format("[Virus] found in {} more mails", summary.mails), summary_text(summary));
  }
  for (std::size_t i = 0; i < emergencies_.size(); ++i) {
    if (!is_due(emergencies_[i])) continue;
    const auto count = emergencies_[i].take(now).mails;
    auto subject = emergency_subject(static_cast<Emergency>(i));
    queue_text(settings_.emergency, std::move(subject),
               fmt::format("This happened {} more times since the last mail about it. The log has them all.", count));
  }
}

asio::awaitable<void> Administrators::sleep(Clock::time_point until) {
  timer_.expires_at(until);
  {
    const Lock lock(mutex_);
    if (std::exchange(woken_, false)) co_return;
  }
  co_await timer_.async_wait(kNothrow);
}

/// The next letter, or until when there is none.
std::variant<Letter, Clock::time_point> Administrators::next() {
  const Lock lock(mutex_);
  woken_ = false;
  queue_summaries(Clock::now());
  idle_ = waiting_.empty();
  if (idle_) return next_due().value_or(Clock::time_point::max());
  Letter letter = std::move(waiting_.front());
  waiting_.pop_front();
  return letter;
}

bool Administrators::is_finished() const {
  const Lock lock(mutex_);
  return finishing_ && idle_ && waiting_.empty() && !next_due();
}

asio::awaitable<void> Administrators::run() {
  while (!is_finished()) {
    auto todo = next();
    if (auto* const letter = std::get_if<Letter>(&todo)) {
      co_await deliver(std::move(*letter));
    } else if (!is_finished()) {
      co_await sleep(std::get<Clock::time_point>(todo));
    }
  }
}

asio::awaitable<void> Administrators::finish(std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  {
    const Lock lock(mutex_);
    finishing_ = true;
    wake();
  }
  pause_.cancel();
  asio::steady_timer timer(executor_);
  while (!is_finished() && Clock::now() < end) {
    timer.expires_after(kLook);
    co_await timer.async_wait(kNothrow);
  }
}

asio::awaitable<Delivery> Administrators::attempt(Letter& letter) {
  SmtpServer server;
  MailProgram program;
  {
    const Lock lock(mutex_);
    server = settings_.server;
    program = settings_.program;
  }
  if (!server.host.empty()) co_return co_await send_by_smtp(server, letter);
  if (!program.words.empty()) co_return co_await send_by_program(program, letter);
  co_return Delivery{.result = Delivery::Result::never, .why = "no way to send mail is configured"};
}

asio::awaitable<void> Administrators::deliver(Letter letter) {
  std::vector<std::chrono::milliseconds> pauses;
  {
    const Lock lock(mutex_);
    pauses = settings_.retries;
  }
  for (std::size_t tries = 0;; ++tries) {
    Delivery delivery;
    try {
      delivery = co_await attempt(letter);
    } catch (const std::exception& e) {
      delivery = {.result = Delivery::Result::later, .why = e.what()};
    }
    if (delivery.result == Delivery::Result::sent)
      co_return log_.debug("Mail to administrators sent: {}", letter.subject);
    bool last = delivery.result == Delivery::Result::never || tries >= pauses.size();
    {
      const Lock lock(mutex_);
      last = last || finishing_;
    }
    log_.error("Mail to administrators ({}) {}: {}", letter.subject, last ? "given up" : "not sent yet", delivery.why);
    if (last) co_return;
    pause_.expires_after(pauses[tries]);
    co_await pause_.async_wait(kNothrow);
  }
}

}  // namespace p3scan::notify
