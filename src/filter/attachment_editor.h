// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/asio/asio.h"
#include "filter/attachment_rules.h"
#include "filter/attachments.h"
#include "mime/edit.h"
#include "mime/structure.h"

namespace p3scan {

/// What is the same for all messages.
struct AttachmentPlan {
  AttachmentPlan(AttachmentSettings given, SpoolLimits limits)
      : settings(std::move(given)), rules(settings.bans), spool(std::move(limits)) {}

  AttachmentSettings settings;
  AttachmentRules rules;
  SpoolLimits spool;  // for parts that are kept

  /// In a sealed part that is not to be edited.
  bool spares(const mime::Part& part) const {
    return part.seal != mime::Seal::none && settings.on_signed != AttachmentSettings::OnSigned::edit;
  }
};

/// Whether no name or type in the message is dangerous, except in parts that are spared.
bool is_harmless(const AttachmentPlan& plan, std::string_view message);

/// Goes through one message on a thread of the pool. Throws std::runtime_error if a part can't be kept.
class AttachmentEditor {
 public:
  struct Job {
    std::string_view message;
    asio::any_io_executor executor;  // the session's
    mime::Edits& edits;
    const std::atomic<bool>& stop;
  };

  AttachmentEditor(const AttachmentPlan& plan, Job job) : plan_(plan), settings_(plan.settings), job_(std::move(job)) {}

  Filtered run();

 private:
  using Action = AttachmentSettings::Action;
  using OnSigned = AttachmentSettings::OnSigned;

  /// A part to be edited.
  struct Target {
    std::size_t index = 0;
    BannedPart banned;
    bool in_text = false;  // files in its text, not the part itself
  };
  class TextEditor;

  void find();
  void add(std::size_t index, BannedPart banned, bool in_text);
  void edit_all();
  void edit(const Target& target);
  void edit_text(const mime::Part& part);
  std::string kept_as(const mime::Part& part);
  std::string quarantine_octets(Message& octets);
  void note(std::string_view what, const BannedPart& banned);

  const AttachmentPlan& plan_;
  const AttachmentSettings& settings_;
  Job job_;
  mime::Structure structure_;
  std::vector<Target> targets_;
  Filtered filtered_;
  std::size_t notes_ = 0;
};

}  // namespace p3scan
