// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "app/filter_services.h"

#include <chrono>
#include <utility>

#include "filter/footer.h"
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

}  // namespace

Result<void, std::string> make_filters(session::Services& services) {
  using session::Stages;
  const auto& config = services.config;
  services.tools = {.spool = services.spool, .blocking = services.blocking};
  Stager stager(services);
  if (config.checkspam) {
    auto spam = make_spam_filter(spam_settings(services), services.tools);
    if (!spam) return fail(spam.error());
    stager.add(&Stages::others, {.incoming = true, .outgoing = config.spamout}, std::move(*spam));
  }
  stager.add(&Stages::others, {.incoming = false, .outgoing = true},
             std::make_unique<FooterFilter>(services.tools,
                                            FooterSettings{.file = config.footerfile,
                                                           .host = services.hostname + "." + services.domainname,
                                                           .limit = config.filtertimeout}));
  return {};
}

}  // namespace p3scan::app
