// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/spam_notice.h"

#include <fmt/format.h>

#include <string>

#include "mime/notification.h"
#include "mime/words.h"

namespace p3scan::mime {

std::string spam_notice(const SpamNoticeInput& input) {
  const auto& say = words(input.language);
  const auto text = fmt::format(
      "Subject: {}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
      "{}\n\n{} %MAILFROM%\n{} %MAILTO%\n{} %SUBJECT%\n{} %MAILDATE%\n",
      say.spam_subject, say.spam_removed, say.sender, say.recipient, say.subject, say.date);
  NotificationInput notice{
      .early = input.early, .head = input.head, .template_text = text, .subject = say.spam_subject, .values = {}};
  notice.values.maildate = input.date;
  notice.values.hostname = input.hostname;
  return notification(notice);
}

}  // namespace p3scan::mime
