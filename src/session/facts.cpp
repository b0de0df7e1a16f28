// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/facts.h"

#include "mime/header.h"

namespace p3scan::session {

std::string header_value(const Mail& mail, std::string_view name) {
  const auto field = mime::find_field(mail.message.head(), name);
  return field ? mime::unfold(field->value) : std::string();
}

std::string user_of(const Mail& mail) {
  if (!mail.conversation.user.empty()) return mail.conversation.user;
  auto recipient = header_value(mail, "X-RCPT-TO");
  if (recipient.size() > 2 && recipient.front() == '<' && recipient.back() == '>') {
    recipient = recipient.substr(1, recipient.size() - 2);
  }
  return recipient;
}

scan::MailFacts facts_of(const Mail& mail, std::string_view scanner_info) {
  const auto& talk = mail.conversation;
  return {.protocol = std::string(talk.protocol),
          .incoming = mail.incoming(),
          .user = user_of(mail),
          .client_ip = net::text(talk.client.address()),
          .client_port = talk.client.port(),
          .server_ip = net::text(talk.server.address()),
          .server_port = talk.server.port(),
          .scanner_info = std::string(scanner_info)};
}

}  // namespace p3scan::session
