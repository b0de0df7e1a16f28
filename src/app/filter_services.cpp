// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/filter_services.h"

#include <chrono>
#include <utility>

#include "filter/attachments.h"
#include "filter/footer.h"
#include "filter/html_clean.h"
#include "filter/program_filter.h"
#include "filter/spam_filter.h"

namespace p3scan::app {
namespace {

constexpr std::uint64_t kKib = 1024;

SpamKind convert(config::SpamType type) {
  switch (type) {
    case config::SpamType::command: return SpamKind::command;
    case config::SpamType::spamd: return SpamKind::spamd;
    case config::SpamType::rspamd: return SpamKind::rspamd;
    case config::SpamType::dspam: return SpamKind::dspam;
  }
  return SpamKind::command;
}

SpamSettings spam_settings(const session::Services& services) {
  const auto& config = services.config;
  const bool own_default = config.spamtype == config::SpamType::dspam && !config.spamcheck_given;
  return {.kind = convert(config.spamtype),
          .command = own_default ? std::string() : config.spamcheck,
          .servers = config.spamserver,
          .pipe = !config.nospampipe,
          .file_directory = config.virusdir + "/children",
          .limit = config.filtertimeout,
          .policy = {.largest = config.spamsize * kKib,
                     .spared = config.ispspam,
                     .subject = config.spamsubject,
                     .remove = config.spamdelete,
                     .outgoing = config.spamout,
                     .refuse = config.spamreject,
                     .user = config.spamuser,
                     .language = config.language,
                     .hostname = services.hostname}};
}

AttachmentSettings::Action convert(config::Attachments action) {
  switch (action) {
    case config::Attachments::off:
    case config::Attachments::rename: return AttachmentSettings::Action::rename;
    case config::Attachments::remove: return AttachmentSettings::Action::remove;
    case config::Attachments::quarantine_part: return AttachmentSettings::Action::quarantine;
  }
  return AttachmentSettings::Action::rename;
}

AttachmentSettings::OnSigned convert(config::OnSigned policy) {
  switch (policy) {
    case config::OnSigned::pass: return AttachmentSettings::OnSigned::pass;
    case config::OnSigned::notify: return AttachmentSettings::OnSigned::notify;
    case config::OnSigned::edit: return AttachmentSettings::OnSigned::edit;
  }
  return AttachmentSettings::OnSigned::notify;
}

AttachmentSettings attachment_settings(const config::Config& config) {
  return {.action = convert(config.attachments),
          .on_signed = convert(config.onsigned),
          .bans = {.extensions = config.badattach,
                   .types = config.badtype,
                   .content = config.badmagic,
                   .archives = config.attachzip},
          .outgoing = config.attachout,
          .language = config.language,
          .virusdir = config.virusdir,
          .limit = config.filtertimeout};
}

html::Mode convert(config::HtmlClean mode) {
  switch (mode) {
    case config::HtmlClean::strict: return html::Mode::strict;
    case config::HtmlClean::p3pmail: return html::Mode::p3pmail;
    case config::HtmlClean::off:
    case config::HtmlClean::webbugs: break;
  }
  return html::Mode::webbugs;
}

/// Puts filters into the stages that they belong to.
class Stager {
 public:
  explicit Stager(session::Services& services) : services_(services) {}

  struct Ways {
    bool incoming = false;
    bool outgoing = false;
  };
  void add(std::vector<Filter*> session::Stages::* stage, Ways ways, std::unique_ptr<Filter> filter) {
    if (ways.incoming) (services_.incoming_stages.*stage).push_back(filter.get());
    if (ways.outgoing) (services_.outgoing_stages.*stage).push_back(filter.get());
    services_.filters.push_back(std::move(filter));
  }

 private:
  session::Services& services_;
};

/// The filters that are programs, each for incoming mail.
Result<void, std::string> add_program(Stager& stager, std::vector<Filter*> session::Stages::* stage,
                                      const FilterTools& tools, ProgramFilterSettings settings) {
  if (settings.command.empty()) return {};
  auto filter = ProgramFilter::make(tools, std::move(settings));
  if (!filter) return fail(filter.error());
  stager.add(stage, {.incoming = true, .outgoing = false}, std::move(*filter));
  return {};
}

/// In front of the scan.
Result<void, std::string> add_attachment_filters(session::Services& services, Stager& stager) {
  using session::Stages;
  const auto& config = services.config;
  auto added = add_program(stager, &Stages::attachments, services.tools,
                           renattach_settings(config.renattach, config.filtertimeout));
  if (!added) return added;
  if (config.attachments != config::Attachments::off) {
    stager.add(&Stages::attachments, {.incoming = true, .outgoing = config.attachout},
               std::make_unique<AttachmentsFilter>(services.tools, attachment_settings(config)));
  }
  return {};
}

}  // namespace

Result<void, std::string> make_filters(session::Services& services) {
  using session::Stages;
  const auto& config = services.config;
  services.tools = {.spool = services.spool, .blocking = services.blocking};
  Stager stager(services);
  if (auto added = add_attachment_filters(services, stager); !added) return added;
  if (config.checkspam) {
    auto spam = make_spam_filter(spam_settings(services), services.tools);
    if (!spam) return fail(spam.error());
    stager.add(&Stages::others, {.incoming = true, .outgoing = config.spamout}, std::move(*spam));
  }
  auto added =
      add_program(stager, &Stages::others, services.tools, overwrite_settings(config.overwrite, config.filtertimeout));
  if (!added) return added;
  if (config.htmlclean != config::HtmlClean::off) {
    const HtmlSettings html{.mode = convert(config.htmlclean),
                            .edit_signed = config.onsigned == config::OnSigned::edit,
                            .limit = config.filtertimeout,
                            .structure = {}};
    stager.add(&Stages::others, {.incoming = true, .outgoing = false},
               std::make_unique<HtmlFilter>(html, services.tools));
  }
  stager.add(&Stages::others, {.incoming = false, .outgoing = true},
             std::make_unique<FooterFilter>(services.tools,
                                            FooterSettings{.file = config.footerfile,
                                                           .host = services.hostname + "." + services.domainname,
                                                           .limit = config.filtertimeout}));
  return {};
}

}  // namespace p3scan::app
