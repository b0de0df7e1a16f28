// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "mime/template.h"

namespace p3scan::mime {

struct NotificationInput {
  /// early_header() of the original message: the result begins with exactly these octets. May be empty.
  std::string_view early;
  /// The beginning of the original message; From, To and Subject are read from it.
  std::string_view head;
  std::string_view template_text;     // contents of a template file, or default_template()
  std::string_view subject;           // what the Subject begins with; after a blank follows
  std::string_view subject_end = {};  // this; the virus name if it is empty
  /// False: no Subject of ours, the template brings one or there is none (a scanner wrote it for this mail).
  bool automatic_subject = true;
  /// mailfrom, mailto and subject are filled in from `head`; maildate must be set.
  TemplateValues values;
};

/// The message that a client gets in place of an infected one: true octets (not dot-stuffed, no terminator), every line
/// ended by CRLF, exactly one From, To, Date and Subject, at most one MIME-Version and Content-Type.
/// A value can't add a header line or change the meaning of one, whatever the original message contains; every
/// value is bounded (400 octets in the body, VDINFO 2000). Unset values are empty.
/// The template may bring its own Subject, From, To or Date, which then replaces ours.
std::string notification(const NotificationInput& input);

/// Where a mail of our own goes, as its header says.
struct Addressed {
  std::string from;  // each an address that may stand in a header as it is
  std::vector<std::string> to;
  std::string_view subject;  // whole; any text
};

/// A mail of our own about the original message, with everything that notification() promises. `early` and `subject` of
/// the input mean nothing here. From, To, Subject and Date are ours, whatever the template has.
std::string copy_for_administrators(const NotificationInput& input, const Addressed& addressed);

}  // namespace p3scan::mime
