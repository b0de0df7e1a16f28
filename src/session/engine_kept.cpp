// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// The engine's part for messages that are answered from piece by piece.
#include "session/engine.h"
#include "session/showing.h"

namespace p3scan::session {
namespace {

proto::End broken(std::string_view why) { return {proto::Outcome::aborted, why}; }

bool passes(const Decided* decided) {
  using Kind = proto::Ruling::Kind;
  return decided != nullptr && (decided->ruling.kind == Kind::deliver || decided->ruling.kind == Kind::replace);
}

}  // namespace

/// Only of what a ruling lets pass.
asio::awaitable<Engine::Step> Engine::make_whole() {
  const auto* decided = this->decided();
  if (!passes(decided) || (!mail_ && !recalled_)) co_return broken("an answer from a message without a decision");
  if (whole_) co_return std::nullopt;
  auto whole = co_await Whole::of(mail_, *decided, *services_);
  if (!whole) co_return broken("the decided version of a message can't be kept");
  whole_ = std::move(*whole);
  co_return std::nullopt;
}

asio::awaitable<Engine::Step> Engine::show(const proto::Show& order) {
  if (const auto end = co_await make_whole(); end) co_return end;
  if (!order.answer) co_return broken("an answer without words");
  count(*decided());
  auto& words = words_for(order.to);
  delivering_ = order.to == proto::Side::client;
  keepalive_due_ = Clock::now() + services_->config.timeout;  // of the server, while the client takes its time
  hurry();
  Showing showing(peer(order.to), *services_->blocking);
  const auto why = co_await showing.run(words, whole_, order.answer);
  delivering_ = false;
  words.clear();
  if (!mail_) keepalive_due_ = Clock::time_point::max();
  if (!why.empty()) co_return broken(why);
  co_return std::nullopt;
}

asio::awaitable<Engine::Step> Engine::keep(const proto::Keep& order) {
  if (const auto end = co_await make_whole(); end) co_return end;
  const auto* now = decided();
  count(*now);
  Decided whole;
  whole.ruling = now->ruling;
  whole.version = std::shared_ptr<Message>(whole_, &whole_->message());
  kept_[order.id] = {.whole = whole_, .decided = std::make_shared<const Decided>(std::move(whole))};
  co_return std::nullopt;
}

Engine::Step Engine::recall(const proto::Recall& order) {
  const auto found = kept_.find(order.id);
  if (found == kept_.end()) return broken("a message was recalled that is not kept");
  auto kept = found->second;
  drop();
  recalled_ = std::move(kept.decided);
  whole_ = std::move(kept.whole);
  return std::nullopt;
}

/// A message counts once: when it is delivered, or first shown or kept.
void Engine::count(const Decided& decided) {
  if (!mail_ || std::exchange(mail_->counted, true)) return;
  ++conversation_.mails;
  conversation_.octets += decided.ruling.size;
}

}  // namespace p3scan::session
