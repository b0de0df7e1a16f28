// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/virus_report.h"

#include "mime/early_header.h"
#include "mime/language.h"
#include "mime/notification.h"
#include "mime/words.h"
#include "session/facts.h"

namespace p3scan::session {
namespace {

/// As the old program's log showed what it did not know.
std::string_view or_null(const std::string& value) { return value.empty() ? "(null)" : std::string_view(value); }

constexpr std::uint64_t kKilobyte = 1024;
constexpr std::string_view kBlacklisted = "Not a virus! Found in BlackList!";

/// For administrators, when nobody got a notification.
constexpr std::string_view kRefusedTemplate =
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    "A mail that was being sent through %HOSTNAME%.%DOMAINNAME% contained a\nvirus and was refused.\n\n"
    "What was found:\n    %VIRUSNAME%\nSender, as the mail says:\n    %MAILFROM%\nAddressed to:\n    %MAILTO%\n"
    "Logged in as:\n    %USERNAME%\nDate:\n    %MAILDATE%\nSubject:\n    %SUBJECT%\n"
    "Connection:\n    %PROTOCOL%, %CLIENTIP%:%CLIENTPORT% -> %SERVERIP%:%SERVERPORT%\nScanner:\n    %VDINFO%\n\n"
    "-- \n%PROGNAME% %VERSION%\n";

/// What the administrator has not set is said in the reader's language.
std::string_view in_language(const std::string& set, const std::string& by_default, std::string_view language,
                             std::string_view translated) {
  return set == by_default && language != "en" ? translated : std::string_view(set);
}

std::string scanner_names(const Services& services) {
  std::string names;
  for (const auto& scanner : services.scanners) names.append(names.empty() ? "" : ", ").append(scanner->name());
  return names;
}

std::string_view outcome_words(scan::Decision::Kind kind) {
  switch (kind) {
    case scan::Decision::Kind::deliver: return "delivered";
    case scan::Decision::Kind::deliver_marked: return "delivered with a mark";
    case scan::Decision::Kind::replace: return "replaced by a notification";
    case scan::Decision::Kind::refuse: return "refused";
    case scan::Decision::Kind::tempfail: return "refused for now";
  }
  return "refused for now";
}

struct Reason {
  std::string operator()(const scan::Clean& /*verdict*/) const { return {}; }
  std::string operator()(const scan::Infected& /*verdict*/) const { return {}; }
  std::string operator()(const scan::Unscannable& verdict) const { return "can't be scanned: " + verdict.reason; }
  std::string operator()(const scan::Failed& verdict) const { return "was not scanned: " + verdict.reason; }
};

}  // namespace

VirusReport::VirusReport(const Services& services, const Mail& mail)
    : services_(services), mail_(mail), from_(header_value(mail, "From")), to_(header_value(mail, "To")) {}

void VirusReport::log_unclean(const scan::Verdict& verdict, const scan::Decision& decision) const {
  const auto reason = std::visit(Reason{}, verdict);
  if (reason.empty()) return;
  const auto& talk = mail_.conversation;
  services_.log.warning("{} from {} to {} from {} to {} user: {} {}; {}", talk.protocol, net::text(talk.client),
                        net::text(talk.server), or_null(from_), or_null(to_), or_null(user_of(mail_)), reason,
                        outcome_words(decision.kind));
}

void VirusReport::log_note(std::string_view note) const {
  const auto& talk = mail_.conversation;
  services_.log.warning("{} from {} to {} from {} to {} user: {} {}", talk.protocol, net::text(talk.client),
                        net::text(talk.server), or_null(from_), or_null(to_), or_null(user_of(mail_)), note);
}

/// For sent mail also in the words that logs have always had for it.
void VirusReport::log_unscanned() const {
  log_note(fmt::format("passes unscanned: {}", mail_.unscanned_because));
  if (!mail_.incoming())
    services_.log.warning("SMTP Message too large for scanning: {}", mail_.message.size() / kKilobyte);
}

void VirusReport::log_virus(std::string_view name, std::string_view kept_as) const {
  const auto& talk = mail_.conversation;
  services_.log.warning("{} from {} to {} from {} to {} user: {} virus: {} file: {}", talk.protocol,
                        net::text(talk.client), net::text(talk.server), or_null(from_), or_null(to_),
                        or_null(user_of(mail_)), name, kept_as.empty() ? std::string_view("(null)") : kept_as);
  if (!mail_.incoming()) services_.log.warning("554 {}", services_.config.smtprset);
}

mime::NotificationInput VirusReport::input(std::string_view name, const Kept& kept) const {
  const auto head = mail_.message.head();
  mime::NotificationInput input;
  input.early = mime::early_header(head, mail_.message.size() == head.size());
  input.head = head;
  const auto language = mime::reader_language(services_.config.language, head);
  input.template_text = services_.template_text;
  if (services_.template_text.empty()) input.template_text = mime::language_template(language);
  input.subject =
      in_language(services_.config.subject, config::Config{}.subject, language, mime::words(language).virus_subject);
  const auto& talk = mail_.conversation;
  auto& values = input.values;
  values.hostname = services_.hostname;
  values.domainname = services_.domainname;
  values.clientip = net::text(talk.client.address());
  values.clientport = std::to_string(talk.client.port());
  values.serverip = net::text(talk.server.address());
  values.serverport = std::to_string(talk.server.port());
  values.protocol = talk.protocol;
  values.username = user_of(mail_);
  values.maildate = notify::date_now();
  values.vdinfo = mail_.scanner_info.empty() ? scanner_names(services_) : mail_.scanner_info;
  values.virusname = name;
  values.mailfile = kept.path;
  values.p3scanid = kept.id;
  return input;
}

void VirusReport::tell_administrators(const scan::Infected& found, const Kept& kept) const {
  auto* const administrators = services_.administrators;
  if (administrators == nullptr || !administrators->wants_viruses()) return;
  auto about = input(found.name, kept);
  std::string_view text = services_.extra_template;
  if (text.empty()) text = found.notification;
  if (text.empty()) text = mail_.incoming() ? about.template_text : kRefusedTemplate;
  administrators->virus(
      {.template_text = std::string(text), .head = notify::brief_head(about.head), .values = std::move(about.values)});
}

void VirusReport::tell_trouble(notify::Emergency kind, std::string_view what) const {
  if (services_.administrators == nullptr) return;
  const auto& talk = mail_.conversation;
  services_.administrators->emergency(
      kind, fmt::format("{} from {} to {}: {}", talk.protocol, net::text(talk.client), net::text(talk.server), what));
}

/// A template that the scanner wrote for this mail brings its own Subject.
std::string VirusReport::notification(const scan::Infected& found, const Kept& kept) const {
  auto about = input(found.name, kept);
  if (!found.notification.empty()) {
    about.template_text = found.notification;
    about.automatic_subject = false;
  }
  return mime::notification(about);
}

std::string VirusReport::blacklist_notification(std::string_view sender, const Kept& kept) const {
  const auto language = mime::reader_language(services_.config.language, mail_.message.head());
  auto about = input(language == "en" ? kBlacklisted : mime::words(language).blacklisted, kept);
  about.subject = services_.config.blacksubj;
  about.subject_end = sender;
  if (services_.config.blackshort) about.template_text = {};
  return mime::notification(about);
}

}  // namespace p3scan::session
