// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// What the server says.
#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "imap/capabilities.h"
#include "imap/dialog.h"

namespace p3scan::imap {
namespace {

using proto::End;
using proto::Outcome;
using Kind = Response::Kind;
using Status = ResponseReader::Status;
using std::string_view_literals::operator""sv;

constexpr std::array kStatusNames = {"OK"sv, "NO"sv, "BAD"sv, "BYE"sv};

bool is_status(const Response& response) {
  return std::ranges::find(kStatusNames, response.name) != kStatusNames.end();
}

End protocol_error(std::string_view why) { return {Outcome::protocol_error, why}; }

constexpr std::string_view kUnasked = "the server sends content of a message unasked";

}  // namespace

/// While a message is looked at the server waits, so that nothing overtakes the answer.
bool Dialog::may_take_response() const {
  if (!fetch_) return true;
  return fetch_->state == Fetch::State::responses || fetch_->state == Fetch::State::reading;
}

Dialog::Step Dialog::take_responses(proto::Inbox& in, proto::Outbox& out) {
  if (!may_take_response()) return std::nullopt;
  const auto status = server_.next(in.server);
  moved_ = moved_ || status != Status::need_more;
  switch (status) {
    case Status::need_more: return std::nullopt;
    case Status::response: return on_response(server_.take(), out);
    case Status::literal: return on_streamed(out);
    case Status::octets: return on_octets(out);
    case Status::broken: return protocol_error(server_.why());
  }
  return std::nullopt;
}

/// A literal too long to be collected, or content of a message.
Dialog::Step Dialog::on_streamed(proto::Outbox& out) {
  if (fetch_) return on_fetch_streamed(out);
  if (names_content(server_.streamed().name)) return protocol_error(kUnasked);
  if (!expects_headers()) return protocol_error("the server sends header lines unasked");
  relay_streamed(out);
  return std::nullopt;
}

void Dialog::relay_streamed(proto::Outbox& out) {
  header_ = {};
  const auto upto = server_.streamed().at;
  out.client.append(server_.response().text, relayed_, upto - relayed_);
  relayed_ = upto;
  inside_ = true;
}

Dialog::Step Dialog::on_octets(proto::Outbox& out) {
  if (fetch_ && fetch_->state == Fetch::State::reading) {
    if (!fetch_->swallow) out.content.push_back(server_.octets());
    return std::nullopt;
  }
  if (fetch_ && fetch_->swallow) return std::nullopt;
  if (!header_.feed(server_.octets())) return protocol_error("the server sends more than header lines");
  out.client += server_.octets();
  return std::nullopt;
}

Dialog::Step Dialog::on_response(Response response, proto::Outbox& out) {
  switch (response.kind) {
    case Kind::continuation: return on_continuation(response, out);
    case Kind::tagged: return on_tagged(std::move(response), out);
    case Kind::untagged: return on_untagged(std::move(response), out);
  }
  return std::nullopt;
}

void Dialog::pass(const Response& response, proto::Outbox& out) {
  out.client.append(response.text, std::exchange(relayed_, 0));
  inside_ = response.more;
}

Dialog::Step Dialog::on_untagged(Response response, proto::Outbox& out) {
  if (greeted_ == Greeted::no) {
    if (auto step = on_greeting(response)) return step;
  } else if (greeted_ == Greeted::yes) {
    if (auto step = on_unauthenticated(response)) return step;
  } else if (response.name == "PREAUTH") {
    return protocol_error("the server greets twice");
  }
  bye_ = bye_ || response.name == "BYE";
  note_code(response);
  if (response.name == "FETCH") return on_fetch(std::move(response), out);
  if (response.name == "EXPUNGE" && response.number) kept_.expunge(*response.number);
  if (response.name == "VANISHED") kept_.forget_numbers();
  if (response.name == "CAPABILITY") server_has_starttls_ = lists_capability(response.arguments(), "STARTTLS");
  rewrite(response);
  pass(response, out);
  return std::nullopt;
}

Dialog::Step Dialog::on_greeting(const Response& response) {
  if (response.name == "PREAUTH") {
    greeted_ = Greeted::authenticated;
  } else if (response.name == "OK" || response.name == "BYE") {
    greeted_ = Greeted::yes;
  } else {
    return protocol_error("the server does not greet as IMAP servers do");
  }
  return std::nullopt;
}

/// Before login, and above all before TLS, anybody could be talking: nothing that a client might take for its mail.
Dialog::Step Dialog::on_unauthenticated(const Response& response) const {
  const bool starting_tls = !sent_.empty() && sent_.back().handling == Handling::starttls;
  if (is_status(response) || response.name == "CAPABILITY") return std::nullopt;
  if (!starting_tls && (response.name == "ID" || response.name == "ENABLED")) return std::nullopt;
  return protocol_error("the server talks of mail before the login");
}

/// Capabilities without the hidden ones; before TLS no advice to go to another server.
void Dialog::rewrite(Response& response) const {
  const CapabilityView view{.starttls = options_.starttls && !tls_ && greeted_ == Greeted::yes, .referrals = tls_};
  if (response.kind == Kind::untagged && response.name == "CAPABILITY") {
    response.text = "* CAPABILITY " + shown_capabilities(response.arguments(), view) + "\r\n";
    return;
  }
  const auto code = response_code(response);
  if (!code) return;
  if (code->name == "CAPABILITY") {
    const auto shown = "[CAPABILITY " + shown_capabilities(code->arguments, view) + "]";
    response.text.replace(code->at, code->length, shown);
  } else if (code->name == "REFERRAL" && !tls_) {
    response.text.erase(code->at, std::min(code->length + 1, response.text.size() - 2 - code->at));
  }
}

void Dialog::note_code(const Response& response) {
  const auto code = response_code(response);
  if (!code) return;
  if (code->name == "CAPABILITY") server_has_starttls_ = lists_capability(code->arguments, "STARTTLS");
  auto& mailbox = selecting_ ? selecting_ : selected_;
  if (!mailbox) return;
  if (code->name == "UIDVALIDITY") {
    const auto validity = ascii::number<std::uint32_t>(code->arguments).value_or(0);
    if (!selecting_ && mailbox->mailbox.validity != validity) kept_.clear();
    mailbox->mailbox.validity = validity;
  }
  if (code->name == "READ-ONLY") mailbox->writable = false;
}

bool Dialog::expects_headers() const { return std::ranges::any_of(sent_, &Sent::headers); }

Dialog::Step Dialog::on_fetch(Response response, proto::Outbox& out) {
  if (fetch_) return on_fetch_response(std::move(response), out);
  if (auto step = check_listing(response)) return step;
  pass(response, out);
  return std::nullopt;
}

/// Nothing but what may pass without a look at the message.
Dialog::Step Dialog::check_listing(const Response& response) const {
  for (const auto& datum : response.data) {
    const auto name = response.name_of(datum);
    if (names_content(name)) return protocol_error(kUnasked);
    if (!names_header(name)) continue;
    const bool asked = fetch_ ? !fetch_->content : expects_headers();
    if (!asked) return protocol_error("the server sends header lines unasked");
    if (datum.streamed) continue;  // was looked at as it came
    const auto value = string_value(response.value_of(datum));
    if (value && !HeaderOnly().feed(*value)) return protocol_error("the server sends more than header lines");
  }
  return std::nullopt;
}

Dialog::Step Dialog::on_continuation(const Response& response, proto::Outbox& out) {
  if (append_ && append_->state == Append::State::sending) return send_piece(out);
  if (!pieces_.empty()) {
    out.server += pieces_.front();
    pieces_.pop_front();
    return std::nullopt;
  }
  if (sasl_ == Sasl::server_turn) {
    sasl_ = Sasl::client_turn;
  } else if (idle_ == Idle::asked) {
    idle_ = Idle::idling;
  } else {
    return protocol_error("the server asks for what nobody offered");
  }
  pass(response, out);
  return std::nullopt;
}

Dialog::Step Dialog::on_tagged(Response response, proto::Outbox& out) {
  const auto found = std::ranges::find(sent_, response.tag, &Sent::tag);
  if (found == sent_.end() || greeted_ == Greeted::no) return protocol_error("the server answers what nobody asked");
  const bool last = std::next(found) == sent_.end();
  const auto sent = std::move(*found);
  const bool ok = response.name == "OK";
  const bool appending = sent.handling == Handling::append && append_;
  const bool half_said = !pieces_.empty() || (appending && append_->state != Append::State::replying);
  if (last && half_said) {
    if (ok) return protocol_error("the server answers half a command");
    pieces_.clear();
  }
  note_code(response);
  sent_.erase(found);
  if (sent.handling == Handling::append) end_append();
  if (sent.handling == Handling::fetch && fetch_) return on_fetch_reply(std::move(response), out);
  auto step = on_reply(sent, response);
  rewrite(response);
  pass(response, out);
  return step;
}

/// What becomes of the session when a command has been carried out, or not.
Dialog::Step Dialog::on_reply(const Sent& sent, const Response& response) {
  const bool ok = response.name == "OK";
  switch (sent.handling) {
    case Handling::login:
    case Handling::authenticate:
      sasl_ = Sasl::none;
      if (!ok) break;
      greeted_ = Greeted::authenticated;
      break;
    case Handling::select:
    case Handling::examine: note_selected(sent, ok); break;
    case Handling::close:
      if (ok) forget_mailbox();
      break;
    case Handling::unauthenticate:
      if (!ok) break;
      forget_mailbox();
      user_.clear();
      greeted_ = Greeted::yes;
      break;
    case Handling::idle: idle_ = Idle::none; break;
    case Handling::starttls:
      if (!ok) break;
      tls_ = true;
      server_has_starttls_.reset();  // whatever was said before could have been said by anybody
      return proto::StartTls{};
    case Handling::logout: logged_out_ = true; break;
    case Handling::pass:
    case Handling::fetch:
    case Handling::append:
    case Handling::enable:
    case Handling::refuse:
    case Handling::unknown: break;
  }
  return std::nullopt;
}

void Dialog::note_selected(const Sent& sent, bool ok) {
  auto selecting = std::exchange(selecting_, std::nullopt);
  if (!ok || !selecting) {
    forget_mailbox();
    return;
  }
  selecting->writable = selecting->writable && sent.handling == Handling::select;
  const bool same = selected_ && selected_->mailbox == selecting->mailbox && selecting->mailbox.validity != 0;
  if (same) {
    kept_.forget_numbers();
  } else {
    kept_.clear();
  }
  selected_ = std::move(selecting);
}

void Dialog::forget_mailbox() {
  selected_.reset();
  kept_.clear();
}

}  // namespace p3scan::imap
