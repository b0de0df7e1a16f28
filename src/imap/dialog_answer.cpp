// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// FETCH that is answered here: the message, from its first octet to the client's pieces of it.
#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "imap/dialog.h"
#include "imap/fetch_answer.h"

namespace p3scan::imap {
namespace {

using proto::Ruling;
using State = Fetch::State;
using ItemKind = FetchItem::Kind;

constexpr std::size_t kMostUnseen = 100'000;  // no more than a mailbox could hold in earnest

bool tells_of_message(std::string_view name) {
  constexpr std::string_view names[] = {"RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE", "BODY"};
  return std::ranges::any_of(names, [&](std::string_view known) { return ascii::equal_nocase(name, known); });
}

bool has_seen_flag(std::string_view flags) {
  const auto found = std::ranges::search(flags, std::string_view("\\Seen"), {}, ascii::upper, ascii::upper);
  const auto behind = static_cast<std::size_t>(found.end() - flags.begin());
  return !found.empty() && (behind == flags.size() || flags[behind] == ' ' || flags[behind] == ')');
}

/// Will the same message be asked for again, piece by piece? Not by who has got all of it at once.
bool takes_pieces(const FetchCommand& request) {
  return std::ranges::none_of(request.items, [](const FetchItem& item) {
    const bool whole = item.kind == ItemKind::body && item.section.part.empty() && !item.partial &&
                       item.section.text == Section::Text::none;
    return whole || item.kind == ItemKind::rfc822;
  });
}

std::string_view error_text(proto::MessageError error) {
  return error == proto::MessageError::too_large ? "A message is too large to be checked"
                                                 : "A message can't be checked now";
}

}  // namespace

Dialog::Step Dialog::go_on_fetching(proto::Inbox& in, proto::Outbox& out) {
  switch (fetch_->state) {
    case State::responses: return std::nullopt;
    case State::inlined:
      if (!fetch_->inlined.empty()) out.content.emplace_back(fetch_->inlined);
      fetch_->state = State::complete;
      return proto::Again{};
    case State::reading:
      if (in.message_error == proto::MessageError::none || fetch_->swallow) return std::nullopt;
      fetch_->swallow = true;
      fetch_->failure = error_text(in.message_error);
      return proto::Drop{};
    case State::complete:
      fetch_->state = State::scanning;
      fetch_->fresh = true;
      return proto::Scan{};
    case State::scanning: return decide(in);
    case State::recalling:
      fetch_->state = State::recalled;
      fetch_->fresh = false;
      return proto::Recall{fetch_->id};
    case State::recalled: return decide(in);
    case State::shown: return keep_shown();
    case State::dropping:
      fetch_->state = State::responses;
      fetch_->inlined.clear();
      moved_ = true;
      return proto::Drop{};
  }
  return std::nullopt;
}

Dialog::Step Dialog::decide(const proto::Inbox& in) {
  const bool error = in.message_error != proto::MessageError::none;
  if (!error && in.ruling == nullptr) return std::nullopt;
  if (!error && (in.ruling->kind == Ruling::Kind::deliver || in.ruling->kind == Ruling::Kind::replace))
    return show(*in.ruling);
  fetch_->failure = error ? std::string(error_text(in.message_error)) : in.ruling->text;
  if (fetch_->failure.empty()) fetch_->failure = error_text(in.message_error);
  fetch_->state = State::dropping;
  return proto::Again{};
}

/// The server's own words, as far as they are true of the decided version; the rest is cut from it.
Dialog::Step Dialog::show(const Ruling& ruling) {
  std::vector<std::string_view> said;
  auto words = servers_words(ruling.changed, said);
  std::vector<FetchItem> items;
  for (const auto& item : fetch_->request.items) {
    const auto same = [&](std::string_view name) { return ascii::equal_nocase(name, item.name); };
    if (std::ranges::none_of(said, same)) items.push_back(item);
  }
  note_changed(ruling);
  fetch_->state = State::shown;
  fetch_->keep = fetch_->fresh && fetch_->uid && (ruling.changed || takes_pieces(fetch_->request));
  fetch_->size = ruling.size;
  const auto number = fetch_->response.number.value_or(0);
  fetch_->answer = std::make_shared<FetchAnswer>(number, std::move(words), std::move(items));
  return proto::Show{.to = proto::Side::client, .answer = fetch_->answer};
}

std::string Dialog::servers_words(bool changed, std::vector<std::string_view>& said) const {
  const auto& request = fetch_->request;
  std::string words;
  for (const auto& datum : fetch_->response.data) {
    const auto name = fetch_->response.name_of(datum);
    if (names_content(name) || names_header(name) || (changed && tells_of_message(name))) continue;
    if (ascii::equal_nocase(name, "UID") && !request.uid && !request.wants("UID")) continue;
    if (ascii::equal_nocase(name, "FLAGS") && fetch_->flags && !request.wants("FLAGS")) continue;
    words.append(words.empty() ? "" : " ").append(name).append(" ").append(fetch_->response.value_of(datum));
    said.push_back(name);
  }
  return words;
}

void Dialog::note_unseen() {
  if (!fetch_->flags) return;
  const auto number = fetch_->request.uid ? fetch_->uid.value_or(0) : fetch_->response.number.value_or(0);
  for (const auto& datum : fetch_->response.data) {
    const bool flags = ascii::equal_nocase(fetch_->response.name_of(datum), "FLAGS");
    if (flags && number != 0 && !has_seen_flag(fetch_->response.value_of(datum)) && fetch_->unseen.size() < kMostUnseen)
      fetch_->unseen.insert(number);
  }
}

void Dialog::note_changed(const Ruling& ruling) {
  if (!fetch_->fresh || !fetch_->uid || !selected_ || selected_->mailbox.validity == 0) return;
  if (options_.changed == nullptr) return;
  if (ruling.changed) {
    options_.changed->add(selected_->mailbox, *fetch_->uid);
  } else if (std::ranges::binary_search(fetch_->changed, *fetch_->uid)) {
    options_.changed->remove(selected_->mailbox, *fetch_->uid);
  }
}

Dialog::Step Dialog::keep_shown() {
  fetch_->state = State::dropping;
  moved_ = true;
  if (const auto code = fetch_->answer->trouble(); code.empty()) {
    note_unseen();
  } else {
    fetch_->failure = "A message has no such form of what was asked for";
    fetch_->failure_code = code;
  }
  if (!fetch_->keep) return std::nullopt;
  const auto& kept = kept_.add(*fetch_->uid, fetch_->response.number.value_or(0), fetch_->size);
  return proto::Keep{kept.id};
}

}  // namespace p3scan::imap
