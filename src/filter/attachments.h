// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "filter/attachment_rules.h"
#include "filter/filter.h"

namespace p3scan {

struct AttachmentSettings {
  enum class Action : std::uint8_t { rename, remove, quarantine };
  enum class OnSigned : std::uint8_t { pass, notify, edit };

  Action action = Action::rename;
  OnSigned on_signed = OnSigned::notify;
  AttachmentBans bans;
  bool outgoing = false;                    // outgoing mail, too
  std::string language = "en";              // see mime/language.h; of the text in place of a part
  std::string virusdir;                     // where quarantined parts go
  std::chrono::milliseconds limit{60'000};  // for one message
};

struct AttachmentPlan;

/// Makes dangerous attachments harmless: gives them another name, or puts a text in their place, of which the octets are
/// lost or kept in the quarantine. Files that are written into texts (uuencode, yEnc) are attachments, too. All other
/// octets of the mail stay.
///   A mail beyond a limit of mime/structure.h, or one in which a name is still dangerous after the edit, is Unscannable.
///   In signed and encrypted parts, see mime::Seal, edits follow `on_signed`; notify makes the mail Infected with
///     "banned attachment: NAME", pass adds a line to its header.
/// A part that can't be kept is a failure of the filter.
class AttachmentsFilter final : public Filter {
 public:
  AttachmentsFilter(const FilterTools& tools, AttachmentSettings settings);

  std::string_view name() const override { return "attachments"; }
  boost::asio::awaitable<Filtered> run(Message& message, const scan::MailFacts& facts) override;

 private:
  const FilterTools& tools_;
  std::shared_ptr<const AttachmentPlan> plan_;
};

}  // namespace p3scan
