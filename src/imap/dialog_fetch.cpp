// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// FETCH that is answered here: commands to the server and what it answers.
#include <algorithm>
#include <limits>
#include <utility>

#include "base/ascii.h"
#include "imap/dialog.h"
#include "imap/fetch_answer.h"
#include "imap/sequence_set.h"
#include "imap/status_line.h"

namespace p3scan::imap {
namespace {

using proto::End;
using proto::Outcome;
using ItemKind = FetchItem::Kind;
using State = Fetch::State;

constexpr std::size_t kMostAtOnce = 500;    // messages in a command of our own, to keep its line short
constexpr std::size_t kMostMissing = 5000;  // more than any command needs; a hostile server could name any number

End protocol_error(std::string_view why) { return {Outcome::protocol_error, why}; }

/// What the server may say of a message as long as it is delivered as it came.
bool is_servers_word(const FetchItem& item) {
  return item.kind == ItemKind::rfc822_size || item.kind == ItemKind::envelope ||
         item.kind == ItemKind::body_structure || item.kind == ItemKind::body_short;
}

/// Items of the client that the server is to tell of: all, or those that need no look at the message.
std::string servers_items(const FetchCommand& request, bool all) {
  std::string items;
  for (const auto& item : request.items) {
    if (all || is_servers_word(item)) items += ' ' + command_text(item);
  }
  return items;
}

bool is_header(const FetchItem& item) { return !is_content(item) && !is_servers_word(item); }

/// The one number of a set, 0 if it has others.
std::uint32_t single(std::string_view set) { return ascii::number<std::uint32_t>(set).value_or(0); }

/// Takes some of the numbers as a set.
std::string take_set(std::set<std::uint32_t>& numbers) {
  std::vector<std::uint32_t> some;
  while (!numbers.empty() && some.size() < kMostAtOnce) some.push_back(numbers.extract(numbers.begin()).value());
  return sequence_set(some);
}

const FetchDatum* find_datum(const Response& response, std::string_view name) {
  const auto named = [&](const FetchDatum& datum) { return ascii::equal_nocase(response.name_of(datum), name); };
  const auto found = std::ranges::find_if(response.data, named);
  return found == response.data.end() ? nullptr : &*found;
}

std::optional<std::uint32_t> uid_of(const Response& response) {
  const auto* const datum = find_datum(response, "UID");
  return datum == nullptr ? std::nullopt : ascii::number<std::uint32_t>(response.value_of(*datum));
}

/// The UID of a response that is not complete, if it begins with it.
std::uint32_t uid_in_front(const Response& response) {
  auto text = std::string_view(response.text).substr(std::min(response.rest, response.text.size()));
  if (!ascii::starts_with_nocase(text, "(UID ")) return 0;
  text.remove_prefix(5);
  return ascii::number<std::uint32_t>(text.substr(0, text.find_first_of(" )"))).value_or(0);
}

/// Does it tell what the command asked, and not only of a change of flags?
bool is_answer(const FetchCommand& request, const Response& response) {
  const auto said = [&](std::string_view name) { return find_datum(response, name) != nullptr; };
  return std::ranges::all_of(request.metadata, said) && std::ranges::all_of(request.items, [&](const FetchItem& item) {
           return !is_servers_word(item) || said(item.name);
         });
}

}  // namespace

bool Dialog::answers(const FetchCommand& request) const {
  if (request.wants_content()) return true;
  if (request.items.empty() || !selected_ || options_.changed == nullptr) return false;
  const auto changed = options_.changed->uids(selected_->mailbox);
  if (!request.uid) return !changed.empty();
  constexpr auto highest = std::numeric_limits<std::uint32_t>::max();  // nobody knows what "*" is
  return std::ranges::any_of(changed, [&](std::uint32_t uid) { return request.set.contains(uid, highest); }) ||
         (!changed.empty() && request.set_text.contains('*'));
}

Dialog::Step Dialog::start_fetch(const Command& command, proto::Outbox& out) {
  auto request = parse_fetch(command);
  if (!request) return refuse(command.tag, request.error(), out);
  if (!answers(*request)) {
    const bool headers = std::ranges::any_of(request->items, is_header);
    send(command, {.tag = command.tag, .handling = Handling::pass, .headers = headers}, out);
    return std::nullopt;
  }
  fetch_ = std::make_unique<Fetch>();
  fetch_->tag = command.tag;
  fetch_->request = *std::move(request);
  fetch_->content = fetch_->request.wants_content();
  fetch_->flags = fetch_->content && selected_ && selected_->writable && fetch_->request.sets_seen();
  if (selected_ && options_.changed != nullptr) fetch_->changed = options_.changed->uids(selected_->mailbox);
  const auto number = single(fetch_->request.set_text);
  const auto kept = fetch_->request.uid ? kept_.find(number) : kept_.find_number(number);
  if (fetch_->content && kept) fetch_->expected = kept->uid;
  fetch_->whole = fetch_->content && !kept;
  send_fetch(fetch_->tag, fetch_->request.set_text, out);
  return std::nullopt;
}

void Dialog::send_fetch(const std::string& tag, std::string_view set, proto::Outbox& out) {
  const auto& request = fetch_->request;
  const bool own = fetch_->command != Fetch::Command::client;
  auto line = tag + (request.uid || own ? " UID FETCH " : " FETCH ");
  line.append(set).append(" (UID");
  if (fetch_->flags && !request.wants("FLAGS")) line += " FLAGS";
  for (const auto& item : request.metadata) {
    if (item != "UID") line += ' ' + item;
  }
  if (own && request.modifiers.contains("CHANGEDSINCE") && !request.wants("MODSEQ")) line += " MODSEQ";
  line += servers_items(request, !fetch_->content && !own);
  if (fetch_->whole) line += " BODY.PEEK[]";
  line += ')';
  if (!own && !request.modifiers.empty()) line += ' ' + request.modifiers;
  out.server += line + "\r\n";
  fetch_->sent = tag;
  sent_.push_back({.tag = tag, .handling = Handling::fetch});
}

/// No tag of the client's is out besides that of this command.
std::string Dialog::own_tag() const { return fetch_->tag == "P3SCAN" ? "P3SCAN1" : "P3SCAN"; }

Dialog::Step Dialog::on_fetch_streamed(proto::Outbox& out) {
  const auto name = server_.streamed().name;
  if (names_content(name)) {
    if (!fetch_->whole || !ascii::equal_nocase(name, "BODY[]") || fetch_->state == State::reading)
      return protocol_error("the server sends content of a message unasked");
    fetch_->state = State::reading;
    const auto kept = kept_.find(uid_in_front(server_.response()));
    fetch_->swallow = fetch_->reuse = kept.has_value();
    if (kept) {
      // One message is inspected once: a second notification would differ from the first.
      fetch_->id = kept->id;
      fetch_->uid = kept->uid;
      return std::nullopt;
    }
    return proto::Begin{.direction = proto::Direction::incoming, .scan = true, .mark = false, .edit = true};
  }
  if (fetch_->content || fetch_->command != Fetch::Command::client)
    return protocol_error("the server sends header lines unasked");
  fetch_->swallow = fetch_->swallow || std::ranges::binary_search(fetch_->changed, uid_in_front(server_.response()));
  if (fetch_->swallow) return std::nullopt;
  relay_streamed(out);
  return std::nullopt;
}

Dialog::Step Dialog::on_fetch_response(Response response, proto::Outbox& out) {
  const auto* const content = fetch_->whole ? find_datum(response, "BODY[]") : nullptr;
  if (fetch_->state == State::reading) return on_message(std::move(response));
  if (content != nullptr) {
    for (const auto& datum : response.data) {
      if (&datum != content && names_content(response.name_of(datum)))
        return protocol_error("the server sends content of a message unasked");
    }
    auto text = string_value(response.value_of(*content));
    return text ? on_quoted_message(std::move(response), *std::move(text)) : on_no_message(response, out);
  }
  if (auto step = check_listing(response)) return step;
  return on_listed(std::move(response), out);
}

/// The message is complete. Another one in the same response would never have been looked at.
Dialog::Step Dialog::on_message(Response response) {
  const auto contents = std::ranges::count_if(
      response.data, [&](const FetchDatum& datum) { return names_content(response.name_of(datum)); });
  const auto headers = std::ranges::count_if(
      response.data, [&](const FetchDatum& datum) { return names_header(response.name_of(datum)); });
  if (contents != 1 || headers != 0) return protocol_error("the server sends content of a message unasked");
  fetch_->uid = uid_of(response);
  fetch_->response = std::move(response);
  moved_ = true;
  const bool swallowed = std::exchange(fetch_->swallow, false);
  fetch_->state = swallowed ? State::responses : State::complete;
  if (std::exchange(fetch_->reuse, false)) fetch_->state = State::recalling;
  return std::nullopt;
}

/// Allowed, though no server in use does it but for an empty message.
Dialog::Step Dialog::on_quoted_message(Response response, std::string text) {
  fetch_->uid = uid_of(response);
  fetch_->response = std::move(response);
  fetch_->inlined = std::move(text);
  fetch_->state = State::inlined;
  return proto::Begin{.direction = proto::Direction::incoming, .scan = true, .mark = false, .edit = true};
}

/// It was deleted meanwhile: NIL for each piece of it.
Dialog::Step Dialog::on_no_message(const Response& response, proto::Outbox& out) {
  out.client += "* " + std::to_string(response.number.value_or(0)) + " FETCH (";
  if (const auto uid = uid_of(response); uid && (fetch_->request.uid || fetch_->request.wants("UID")))
    out.client += "UID " + std::to_string(*uid) + ' ';
  bool first = true;
  for (const auto& item : fetch_->request.items) {
    if (is_servers_word(item)) continue;
    if (!std::exchange(first, false)) out.client += ' ';
    out.client += item.name + (item.kind == ItemKind::binary_size ? " 0" : " NIL");
  }
  out.client += ")\r\n";
  return std::nullopt;
}

/// No message came with it: a listing, a change of flags, or a message that should be kept.
Dialog::Step Dialog::on_listed(Response response, proto::Outbox& out) {
  const auto uid = uid_of(response);
  const bool swallowed = std::exchange(fetch_->swallow, false);
  const bool wanted =
      fetch_->content ? fetch_->expected.has_value() : uid && std::ranges::binary_search(fetch_->changed, *uid);
  const bool held = uid && wanted && fetch_->command == Fetch::Command::client && relayed_ == 0 &&
                    fetch_->missing.size() < kMostMissing && (swallowed || is_answer(fetch_->request, response));
  if (!held && swallowed) return protocol_error("the server sends too many answers");
  if (!held) {
    pass(response, out);
    return std::nullopt;
  }
  fetch_->expected.reset();
  if (const auto kept = kept_.find(*uid)) {
    fetch_->uid = uid;
    fetch_->response = std::move(response);
    fetch_->id = kept->id;
    fetch_->state = State::recalling;
  } else {
    fetch_->missing.insert(*uid);
  }
  moved_ = true;
  return std::nullopt;
}

Dialog::Step Dialog::on_fetch_reply(Response response, proto::Outbox& out) {
  moved_ = true;
  switch (fetch_->command) {
    case Fetch::Command::client:
      fetch_->reply = std::move(response.text);
      // The kept message did not answer: it is fetched, if it still exists.
      if (fetch_->expected && response.name == "OK") fetch_->missing.insert(*fetch_->expected);
      break;
    case Fetch::Command::own_fetch:
      if (response.name != "OK" && fetch_->failure.empty()) fetch_->failure = "The mail server did not tell all";
      break;
    case Fetch::Command::own_store: break;  // as without us, it is not the client's business
  }
  next_own_command(out);
  return std::nullopt;
}

void Dialog::next_own_command(proto::Outbox& out) {
  const auto tag = own_tag();
  if (!fetch_->missing.empty()) {
    fetch_->command = Fetch::Command::own_fetch;
    fetch_->whole = true;
    send_fetch(tag, take_set(fetch_->missing), out);
  } else if (!fetch_->unseen.empty()) {
    fetch_->command = Fetch::Command::own_store;
    fetch_->whole = false;
    out.server +=
        tag + (fetch_->request.uid ? " UID STORE " : " STORE ") + take_set(fetch_->unseen) + " +FLAGS (\\Seen)\r\n";
    fetch_->sent = tag;
    sent_.push_back({.tag = tag, .handling = Handling::fetch});
  } else {
    out.client +=
        fetch_->failure.empty() ? fetch_->reply : status_line(fetch_->tag, "NO", fetch_->failure_code, fetch_->failure);
    fetch_.reset();
  }
}

}  // namespace p3scan::imap
