// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attach/embedded.h"
#include "attach/name_rule.h"
#include "attach/type_rule.h"
#include "mime/structure.h"

namespace p3scan {

struct AttachmentBans {
  std::vector<std::string> extensions;  // empty: the built-in list
  std::vector<std::string> types;       // empty: the built-in list
  bool content = true;                  // what is a program is dangerous whatever its name
  bool archives = true;                 // names inside zip archives
};

/// Why a part of a message, or a file written into its text, is dangerous.
struct BannedPart {
  enum class Rule { name, type, content, archive };

  Rule rule = Rule::name;
  std::string name;    // of the file, as it came: for people see shown_name(); may be empty
  std::string detail;  // the extension, the type, the kind of program, the name in the archive: printable
};

std::string_view rule_name(BannedPart::Rule rule);  // for the log: "badattach", "badtype", "badmagic", "attachzip"

/// A file name for people and logs: what is not visible or no UTF-8 becomes '?'; the last 200 octets.
std::string shown_name(std::string_view name);

/// Looks at parts of messages. No state of a message; the calls may come from any thread.
class AttachmentRules {
 public:
  explicit AttachmentRules(const AttachmentBans& bans);

  /// Looks at the names and types of the part, and at the content of a leaf in each encoding that it may have. A
  /// message that is itself encoded is read to its parts, three levels deep.
  std::optional<BannedPart> examine(std::string_view message, const mime::Part& part) const;
  /// The same without the content: what an edit must have made harmless.
  std::optional<BannedPart> examine_header(const mime::Part& part) const;
  /// A file in a text.
  std::optional<BannedPart> examine(const attach::Embedded& file) const;
  /// The first dangerous file in the text of a leaf part.
  std::optional<BannedPart> examine_text(std::string_view message, const mime::Part& part) const;

 private:
  class ContentReader;
  std::optional<BannedPart> examine(std::string_view message, const mime::Part& part, int depth) const;
  std::optional<BannedPart> examine_content(std::string_view message, const mime::Part& part) const;
  std::optional<BannedPart> examine_encoded_message(std::string_view message, const mime::Part& part, int depth) const;

  attach::NameRule names_;
  attach::TypeRule types_;
  bool content_;
  bool archives_;
};

}  // namespace p3scan
