// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/asio/asio.h"
#include "filter/attachment_rules.h"
#include "filter/attachments.h"
#include "filter/edited_copy.h"
#include "filter/on_pool.h"
#include "mime/structure.h"

namespace p3scan {

/// Goes through one message on a thread of the pool. Throws std::runtime_error if a part can't be kept or the new
/// version can't be written.
class AttachmentEditor {
 public:
  struct Job {
    std::string_view message;
    asio::any_io_executor executor;  // the session's
    SpoolLimits spool;
    StopFlag stop;
  };

  AttachmentEditor(const AttachmentRules& rules, const AttachmentSettings& settings, Job job);

  Filtered run();

 private:
  using Action = AttachmentSettings::Action;
  using OnSigned = AttachmentSettings::OnSigned;

  /// A part to be edited.
  struct Target {
    std::size_t index;
    BannedPart banned;
    bool in_text;  // files in its text, not the part itself
  };
  class TextEditor;

  void find();
  void add(std::size_t index, BannedPart banned, bool in_text);
  bool edits_sealed() const { return settings_.on_signed == OnSigned::edit; }
  bool is_passed(const mime::Part& part) const { return part.seal != mime::Seal::none && !edits_sealed(); }
  void edit_all(EditedCopy& copy);
  void edit(const Target& target, EditedCopy& copy);
  void edit_text(const mime::Part& part, EditedCopy& copy);
  std::string kept_as(const mime::Part& part, Action action);
  std::string quarantine_octets(Message& octets);
  void note(std::string_view what, const BannedPart& banned);
  Filtered result(EditedCopy& copy);
  bool is_harmless(Message& version) const;

  const AttachmentRules& rules_;
  const AttachmentSettings& settings_;
  Job job_;
  mime::Structure structure_;
  std::vector<Target> targets_;
  Filtered filtered_;
  std::size_t notes_ = 0;
};

}  // namespace p3scan
