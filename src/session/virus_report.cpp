// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "session/virus_report.h"

#include <chrono>
#include <ctime>

#include "mime/date.h"
#include "mime/early_header.h"
#include "mime/notification.h"
#include "session/facts.h"

namespace p3scan::session {
namespace {

/// As the old program's log showed what it did not know.
std::string_view or_null(const std::string& value) { return value.empty() ? "(null)" : std::string_view(value); }

constexpr std::string_view kBlacklisted = "Not a virus! Found in BlackList!";

std::string date_now() {
  const auto now = std::time(nullptr);
  std::tm local{};
  static_cast<void>(localtime_r(&now, &local));
  return mime::rfc5322_date(now, std::chrono::seconds(local.tm_gmtoff));
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
  input.template_text = services_.template_text;
  input.subject = services_.config.subject;
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
  values.maildate = date_now();
  values.vdinfo = scanner_names(services_);
  values.virusname = name;
  values.mailfile = kept.path;
  values.p3scanid = kept.id;
  return input;
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
  auto about = input(kBlacklisted, kept);
  about.subject = services_.config.blacksubj;
  about.subject_end = sender;
  if (services_.config.blackshort) about.template_text = {};
  return mime::notification(about);
}

}  // namespace p3scan::session
