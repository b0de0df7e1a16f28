// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/spam_filter.h"

#include <fmt/format.h>

#include <ctime>
#include <utility>

#include "filter/edit_message.h"
#include "filter/message_view.h"
#include "filter/rspamd.h"
#include "filter/spam_command.h"
#include "filter/spamd.h"
#include "mime/date.h"
#include "mime/early_header.h"
#include "mime/header.h"
#include "mime/language.h"
#include "mime/rfc2047.h"
#include "mime/spam_notice.h"
#include "mime/spam_subject.h"
#include "scan/command_line.h"

namespace p3scan {
namespace {

constexpr auto kEditLimit = std::chrono::seconds(60);  // writing a copy; only a disk can be that slow
constexpr std::string_view kRefusal = "This message looks like spam and was refused";
constexpr std::string_view kDspam = "/usr/bin/dspam --stdout --deliver=innocent,spam";

std::string date_now() {
  const auto now = std::time(nullptr);
  std::tm local{};
  static_cast<void>(localtime_r(&now, &local));
  return mime::rfc5322_date(now, std::chrono::seconds(local.tm_gmtoff));
}

std::string in_brackets(const std::string& words) { return words.empty() ? words : fmt::format(" ({})", words); }

Result<std::unique_ptr<SpamEngine>, std::string> make_program(const SpamSettings& settings, const FilterTools& tools) {
  const bool dspam = settings.kind == SpamKind::dspam;
  auto line = scan::split_command_line(dspam && settings.command.empty() ? kDspam : settings.command);
  if (!line) return fail("spamcheck: " + line.error());
  SpamCommandSettings program{.name = dspam ? "dspam" : "command",
                              .words = std::move(line->words),
                              .add_user = dspam,
                              .limit = settings.limit,
                              .spool = tools.spool};
  if (settings.pipe) return std::make_unique<SpamCommand>(std::move(program));
  auto files = WorkDirectory::create(settings.file_directory);
  if (!files) return fail(files.error());
  return std::make_unique<SpamCommand>(std::move(program), std::move(*files));
}

template <class Daemon>
Result<std::unique_ptr<SpamEngine>, std::string> make_daemon(const SpamSettings& settings) {
  auto texts = settings.servers;
  if (texts.empty()) texts.emplace_back("127.0.0.1");
  auto servers = SpamDaemon::parse_servers(texts, Daemon::kPort);
  if (!servers) return fail(servers.error());
  return std::make_unique<Daemon>(std::move(*servers), SpamDaemonTimes{.limit = settings.limit});
}

Result<std::unique_ptr<SpamEngine>, std::string> make_engine(const SpamSettings& settings, const FilterTools& tools) {
  switch (settings.kind) {
    case SpamKind::spamd: return make_daemon<SpamdEngine>(settings);
    case SpamKind::rspamd: return make_daemon<RspamdEngine>(settings);
    case SpamKind::command:
    case SpamKind::dspam: break;
  }
  return make_program(settings, tools);
}

}  // namespace

bool SpamFilter::is_spared(std::string_view head) const {
  if (policy_.spared.empty()) return false;
  if (head.contains(policy_.spared)) return true;
  mime::Fields fields(head);
  while (const auto field = fields.next())
    if (mime::decode(field->value).contains(policy_.spared)) return true;
  return false;
}

asio::awaitable<Filtered> SpamFilter::run(Message& message, const scan::MailFacts& facts) {
  Filtered nothing;
  if (!facts.incoming && !policy_.outgoing) co_return nothing;
  if (policy_.largest != 0 && message.size() > policy_.largest) co_return nothing;
  const auto view = MessageView::of(message);
  if (!view) throw std::runtime_error("the mail can't be read");
  if (is_spared(mime::header_block(view->bytes()))) co_return nothing;
  const SpamMail mail{.message = message,
                      .bytes = view->bytes(),
                      .facts = facts,
                      .user = policy_.user.empty() ? facts.user : policy_.user};
  auto opinion = co_await engine_->look(mail);
  if (!opinion) {
    nothing.note = fmt::format("was not checked for spam by {}: {}", engine_->name(), opinion.error());
    co_return nothing;
  }
  co_return co_await carry_out(mail, std::move(*opinion));
}

asio::awaitable<Filtered> SpamFilter::carry_out(const SpamMail& mail, SpamOpinion opinion) const {
  auto& changes = opinion.changes;
  Filtered filtered;
  if (changes.spam) filtered.note = fmt::format("is spam for {}{}", engine_->name(), in_brackets(opinion.words));
  if (changes.spam && mail.facts.incoming && policy_.remove) {
    filtered.note += ", replaced by a notice";
    filtered.replacement = notice(mail.bytes);
    co_return filtered;
  }
  if (changes.spam && !mail.facts.incoming && policy_.refuse) {
    filtered.note += ", refused";
    filtered.refusal = kRefusal;
    co_return filtered;
  }
  if (!changes.spam && !mail.facts.incoming) co_return filtered;
  if (changes.spam) mime::tag_subjects(mime::header_block(mail.bytes), policy_.subject, changes);
  if (!changes.edits.empty()) {
    auto work = [edits = changes.edits](std::string_view, mime::Edits& into, const std::atomic<bool>&) {
      for (const auto& edit : edits) into.replace(edit.offset, edit.length, edit.text);
      return Filtered{};
    };
    filtered.version = (co_await edit_message(mail.message, tools_, kEditLimit, std::move(work))).version;
  }
  filtered.added = std::move(changes.added);
  co_return filtered;
}

std::string SpamFilter::notice(std::string_view bytes) const {
  const auto head = bytes.substr(0, Message::kHead);
  const auto date = date_now();
  return mime::spam_notice({.early = mime::early_header(head, head.size() == bytes.size()),
                            .head = head,
                            .language = mime::reader_language(policy_.language, head),
                            .date = date,
                            .hostname = policy_.hostname});
}

Result<std::unique_ptr<Filter>, std::string> make_spam_filter(const SpamSettings& settings, const FilterTools& tools) {
  auto engine = make_engine(settings, tools);
  if (!engine) return fail(engine.error());
  return std::make_unique<SpamFilter>(std::move(*engine), settings.policy, tools);
}

}  // namespace p3scan
