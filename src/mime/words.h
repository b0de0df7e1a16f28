// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <span>
#include <string_view>

namespace p3scan::mime {

/// What readers of mail are told in a few words, in one language; UTF-8, each on one line. Labels end in a colon,
/// sentences in a full stop.
struct Words {
  std::string_view language;

  // In place of a part that was taken out of a mail
  std::string_view attachment_removed;  // sentence
  std::string_view file_name;           // label
  std::string_view reason;              // label; one of the four that follow belongs to it
  std::string_view bad_name;
  std::string_view bad_type;
  std::string_view bad_content;  // it is a program, whatever its name says
  std::string_view bad_archive;  // what is packed in it has a bad name
  std::string_view kept_as;      // label; the name in the quarantine
  std::string_view not_kept;     // sentence
  std::string_view ask;          // sentence: whom to ask for it

  // In place of a whole mail
  std::string_view spam_subject;   // like virus_subject, nothing follows
  std::string_view spam_removed;   // sentence
  std::string_view blacklisted;    // sentence
  std::string_view virus_subject;  // the virus name follows
  std::string_view sender;         // labels
  std::string_view recipient;
  std::string_view date;
  std::string_view subject;
};

/// All languages; the first is English.
std::span<const Words> all_words();

/// `language`: one that known_language() gave. Another gives English.
const Words& words(std::string_view language);

}  // namespace p3scan::mime
