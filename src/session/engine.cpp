// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/engine.h"

#include <algorithm>

#include "mime/early_header.h"
#include "proto/sniff.h"
#include "session/delivery.h"
#include "session/virus_report.h"

namespace p3scan::session {
namespace {

proto::MessageError to_message_error(SpoolError error) {
  switch (error) {
    case SpoolError::no_space: return proto::MessageError::no_space;
    case SpoolError::too_large: return proto::MessageError::too_large;
    case SpoolError::io: return proto::MessageError::io;
  }
  return proto::MessageError::io;
}

template <class T>
bool is(const proto::Action& action) {
  return std::holds_alternative<T>(action);
}

}  // namespace

Engine::Engine(const asio::any_io_executor& executor, std::shared_ptr<const Services> services, Parts parts)
    : executor_(executor),
      services_(std::move(services)),
      client_(parts.client),
      server_(parts.server),
      activity_(parts.activity),
      conversation_(parts.conversation),
      transcript_(services_->log, conversation_),
      connector_(std::move(parts.connector)),
      upgrader_(std::move(parts.upgrader)),
      news_(executor),
      idle_limit_(parts.idle_limit.count() > 0 ? parts.idle_limit : services_->config.idletimeout),
      timer_(executor) {}

Engine::~Engine() { drop(); }

asio::awaitable<proto::End> Engine::run(proto::Dialog& dialog) {
  start(stop_[0], client_.pump(news_));
  start(stop_[1], server_.pump(news_));
  start(stop_[2], keep_time(dialog));
  proto::End end{proto::Outcome::aborted, "internal error"};
  std::exception_ptr failed;
  try {
    end = co_await step_all(dialog);
  } catch (...) {
    failed = std::current_exception();
  }
  co_await stop_helpers();  // they refer to this object
  if (failed) std::rethrow_exception(failed);
  if (timed_out_) co_return proto::End{proto::Outcome::aborted, "Connection timeout"};
  co_return end;
}

void Engine::start(asio::cancellation_signal& stop, asio::awaitable<void> helper) {
  ++helpers_;
  asio::co_spawn(executor_, std::move(helper),
                 asio::bind_cancellation_slot(stop.slot(), [this](const std::exception_ptr& failed) {
                   --helpers_;
                   if (failed) helper_failed_ = failed;
                   news_.set();
                 }));
}

asio::awaitable<void> Engine::stop_helpers() {
  for (auto& stop : stop_) stop.emit(asio::cancellation_type::terminal);
  while (helpers_ > 0) co_await news_.wait();
}

// ------------------------------------------------------------------------------------------ the dialog's turn

asio::awaitable<proto::End> Engine::step_all(proto::Dialog& dialog) {
  for (;;) {
    if (const auto end = co_await step(dialog); end) co_return *end;
  }
}

asio::awaitable<Engine::Step> Engine::step(proto::Dialog& dialog) {
  if (timed_out_) co_return proto::End{proto::Outcome::aborted, "Connection timeout"};
  if (helper_failed_) std::rethrow_exception(helper_failed_);
  if (const auto end = misdirected(); end) co_return end;
  auto in = inbox();
  auto action = dialog.resume(in, out_);
  take(in);
  if (is<proto::StartTls>(action)) co_return co_await start_tls(action);
  co_await say(action);
  const auto end = co_await perform(action);
  if (!end && (is<proto::Wait>(action) || is<proto::Scan>(action))) co_await news_.wait();
  co_return end;
}

proto::Inbox Engine::inbox() {
  proto::Inbox in;
  in.client = client_.received();
  in.server = server_.received();
  in.client_closed = client_.closed();
  in.server_closed = server_.closed();
  in.keepalive_due = std::exchange(keepalive_, false);
  in.message_error = error_;
  if (early_wanted_ && mail_ && mail_->mark) {
    const auto head = mail_->message.head();
    in.early_header = mime::early_header(head, complete_ && head.size() == mail_->message.size());
    in.early_header = in.early_header.substr(0, mail_->early_limit);
    mail_->early_shown = in.early_header.size();
  }
  if (const auto* known = decided(); known != nullptr) in.ruling = &known->ruling;
  return in;
}

/// Views in the outbox alias the input buffers, so content is kept before what it came from is let go.
void Engine::take(const proto::Inbox& in) {
  take_content();
  client_.consume(client_.received().size() - in.client.size());
  server_.consume(server_.received().size() - in.server.size());
}

void Engine::take_content() {
  if (mail_ && error_ == proto::MessageError::none && !out_.content.empty()) {
    if (const auto kept = mail_->append(out_.content); !kept) {
      error_ = to_message_error(kept.error());
      if (kept.error() != SpoolError::too_large)
        VirusReport(*services_, *mail_).tell_trouble(notify::Emergency::disk, "a mail can't be kept in the spool");
      mail_->message.abandon();
      if (inspection_) inspection_->abandon();
      news_.set();  // the dialog is to see the error even when it has nothing more to read
    } else if (mail_->scan && mail_->incoming() && skipsize() != 0 && mail_->message.size() >= skipsize()) {
      skip_scan();
    } else if (!inspection_ && mail_->scan && mail_->message.size() > services_->spool.memory) {
      start_inspection();
    }
    mail_->lone_dots.insert(mail_->lone_dots.end(), out_.lone_dots.begin(), out_.lone_dots.end());
  }
  out_.content.clear();
  out_.lone_dots.clear();
}

asio::awaitable<void> Engine::say(const proto::Action& action) {
  const auto* delivery = std::get_if<proto::Deliver>(&action);
  const auto* showing = std::get_if<proto::Show>(&action);
  for (const auto side : {proto::Side::server, proto::Side::client}) transcript_.say(side, words_for(side));
  for (const auto side : {proto::Side::server, proto::Side::client}) {
    auto& words = words_for(side);
    // Words in front of a message go out with it.
    const bool held = (delivery != nullptr && delivery->to == side) || (showing != nullptr && showing->to == side);
    if (words.empty() || held) continue;
    co_await peer(side).write(words);
    words.clear();
  }
}

/// A client that came to the wrong place, by its first line. Dialogs act on whole lines, so nothing has passed before.
Engine::Step Engine::misdirected() {
  constexpr char handshake = 22;         // the first octet of a TLS record (RFC 8446 5.1)
  constexpr std::size_t longest = 4096;  // a request line that is looked at
  const auto words = client_.received();
  if (client_heard_ || words.empty()) return std::nullopt;
  if (client_.tls() == nullptr && words.front() == handshake)
    return proto::End{proto::Outcome::protocol_error, kUnexpectedTls};
  const auto end = words.find('\n');
  client_heard_ = end != std::string_view::npos || words.size() >= longest;
  if (!client_heard_ || !proto::is_http_request(words.substr(0, end))) return std::nullopt;
  return proto::End{proto::Outcome::protocol_error, kHttp};
}

/// Paused before the words that end the plain text are said: what follows them belongs to TLS. What came before them
/// was smuggled in, to be taken for part of the protected session (CVE-2011-0411).
asio::awaitable<Engine::Step> Engine::start_tls(const proto::Action& action) {
  client_.pause();
  server_.pause();
  if (!client_.received().empty() || !server_.received().empty())
    co_return proto::End{proto::Outcome::protocol_error, kSmuggled};
  co_await say(action);
  if (!upgrader_) co_return proto::End{proto::Outcome::aborted, "nobody here can start TLS"};
  const auto end = co_await upgrader_();
  activity_.touch();
  client_.resume();
  server_.resume();
  co_return end;
}

// ------------------------------------------------------------------------------------------ what it may ask for

asio::awaitable<Engine::Step> Engine::perform(proto::Action& action) {
  if (const auto* order = std::get_if<proto::Deliver>(&action)) co_return co_await deliver(*order);
  if (const auto* order = std::get_if<proto::Show>(&action)) co_return co_await show(*order);
  if (const auto* order = std::get_if<proto::Keep>(&action)) co_return co_await keep(*order);
  if (const auto* order = std::get_if<proto::Recall>(&action)) co_return recall(*order);
  if (const auto* order = std::get_if<proto::Forget>(&action)) kept_.erase(order->id);
  if (const auto* order = std::get_if<proto::Connect>(&action)) co_await connect(*order);
  if (const auto* order = std::get_if<proto::Begin>(&action)) begin(*order);
  if (const auto* order = std::get_if<proto::Login>(&action)) log_in(order->user);
  if (is<proto::Scan>(action)) complete_and_scan();
  if (is<proto::Drop>(action)) drop();
  if (const auto* end = std::get_if<proto::End>(&action)) co_return *end;
  co_return std::nullopt;
}

void Engine::begin(const proto::Begin& order) {
  drop();
  mail_ = std::make_shared<Mail>(executor_, services_->spool, order, conversation_);
  keepalive_due_ = Clock::now() + services_->config.timeout;
  hurry();
}

void Engine::start_inspection() {
  inspection_ = std::make_shared<Inspection>(services_, mail_);
  inspection_->start(executor_, news_);
}

void Engine::complete_and_scan() {
  if (!mail_ || complete_ || error_ != proto::MessageError::none) return;  // what could not be kept is never judged
  complete_ = true;
  mail_->message.complete();
  if (!inspection_) start_inspection();
  scan_due_ = Clock::now() + services_->config.scantimeout;
  hurry();
}

/// As the administrator wishes: so large a mail is not scanned, and says so.
void Engine::skip_scan() {
  mail_->scan = false;
  mail_->unscanned_because = "larger than skipsize";
  if (inspection_) inspection_->abandon();
  inspection_.reset();
}

void Engine::drop() {
  if (inspection_) inspection_->abandon();
  if (mail_ && !complete_) mail_->message.abandon();
  inspection_.reset();
  mail_.reset();
  recalled_.reset();
  whole_.reset();
  error_ = proto::MessageError::none;
  complete_ = early_wanted_ = keepalive_ = false;
  keepalive_due_ = scan_due_ = Clock::time_point::max();
}

asio::awaitable<Engine::Step> Engine::deliver(const proto::Deliver& order) {
  const auto* decided = this->decided();
  const auto recalled = recalled_;
  if (decided == nullptr || (!mail_ && !recalled))
    co_return proto::End{proto::Outcome::aborted, "delivery without a decision"};
  const auto mail = mail_;
  Delivery delivery(peer(order.to), order.framing,
                    recalled ? std::span<const std::uint64_t>() : std::span<const std::uint64_t>(mail->lone_dots));
  delivery.say_first(words_for(order.to));
  delivering_ = order.to == proto::Side::client;
  const bool whole = co_await delivery.run(*decided, recalled ? *recalled->version : mail->message, order.from);
  delivering_ = false;
  words_for(order.to).clear();
  if (!whole) co_return proto::End{proto::Outcome::aborted, "the spool can't be read"};
  count(*decided);
  mail_.reset();
  recalled_.reset();
  whole_.reset();
  keepalive_ = early_wanted_ = false;
  keepalive_due_ = scan_due_ = Clock::time_point::max();
  co_return std::nullopt;
}

asio::awaitable<void> Engine::connect(const proto::Connect& order) {
  if (!co_await connector_(order.host, order.port)) server_.give_up();
  activity_.touch();
}

void Engine::log_in(const std::string& user) {
  if (conversation_.user == user) return;
  conversation_.user = user;
  services_->log.notice("USER '{}'", user);
}

// ------------------------------------------------------------------------------------------ time

/// One timer for everything: it is set to what is due first, and only ever hurried. A moment that has moved away
/// since is noticed when the timer fires, so that a mail costs no timer in the usual case.
asio::awaitable<void> Engine::keep_time(proto::Dialog& dialog) {
  for (;;) {
    armed_ = next_due();
    timer_.expires_at(armed_);
    co_await timer_.async_wait(kNothrow);
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none) co_return;
    if (delivering_ && Clock::now() >= keepalive_due_) co_await keep_server_awake(dialog);
    tick();
  }
}

/// The client takes its time with a message that the server has long forgotten.
asio::awaitable<void> Engine::keep_server_awake(proto::Dialog& dialog) {
  keepalive_due_ = Clock::now() + services_->config.timeout;
  proto::Outbox out;
  dialog.during_delivery(out);
  co_await server_.write(out.server);
}

void Engine::hurry() {
  if (next_due() < armed_) timer_.cancel();
}

Engine::Clock::time_point Engine::next_due() const {
  const auto idle_due = timed_out_ ? Clock::time_point::max() : activity_.last() + idle_limit_;
  // An idle session that is looked at again is never due in the past, or the timer would spin.
  return std::min({std::max(idle_due, Clock::now() + std::chrono::milliseconds(inspecting() ? 1000 : 0)),
                   keepalive_due_, scan_due_});
}

void Engine::tick() {
  const auto now = Clock::now();
  if (now >= keepalive_due_) {
    keepalive_due_ = now + services_->config.timeout;
    keepalive_ = early_wanted_ = true;
    news_.set();
  }
  if (now >= scan_due_) {
    scan_due_ = Clock::time_point::max();
    if (inspecting()) inspection_->expire();
  }
  if (now >= activity_.last() + idle_limit_ && !inspecting()) {
    timed_out_ = true;
    client_.abort();
    server_.abort();
    news_.set();
  }
}

}  // namespace p3scan::session
