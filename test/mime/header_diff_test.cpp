// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "mime/header_diff.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mime/spam_subject.h"

namespace p3scan::mime {
namespace {

/// The header with its edits made and the new fields behind it.
std::string applied(std::string_view head, const HeaderChanges& changes) {
  std::string out;
  std::size_t at = 0;
  for (const auto& edit : changes.edits) {
    out.append(head.substr(at, edit.offset - at)).append(edit.text);
    at = edit.offset + edit.length;
  }
  return out.append(head.substr(at)).append(changes.added);
}

TEST(HeaderChanges, WhatIsOnlyAdded) {
  struct Row {
    std::string_view name;
    std::string_view original;
    std::string_view output;
    std::string_view result;  // without the empty line
    bool spam;
  };
  const Row rows[] = {
      {"nothing", "A: 1\r\nB: 2\r\n", "A: 1\r\nB: 2\r\n\r\n", "A: 1\r\nB: 2\r\n", false},
      {"other line endings", "A: 1\r\n 2\r\nB: 2\r\n", "A: 1\n 2\nB: 2\n\n", "A: 1\r\n 2\r\nB: 2\r\n", false},
      {"on top", "A: 1\nB: 2\n", "X-Spam-Flag: YES\nA: 1\nB: 2\n", "A: 1\nB: 2\nX-Spam-Flag: YES\r\n", true},
      {"at the end", "A: 1\r\n", "A: 1\nX-Spam-Status: No, score=1\n\ttests=A\n",
       "A: 1\r\nX-Spam-Status: No, score=1\r\n\ttests=A\r\n", false},
      {"between", "A: 1\r\nB: 2\r\n", "A: 1\nX-Y: z\nB: 2\n", "A: 1\r\nB: 2\r\nX-Y: z\r\n", false},
      {"rewritten subject", "A: 1\r\nSubject: hi\r\nB: 2\r\n", "A: 1\nSubject: *SPAM* hi\nB: 2\n",
       "A: 1\r\nSubject: *SPAM* hi\r\nB: 2\r\n", false},
      {"rewritten subject of LF", "Subject: hi\nB: 2\n", "Subject: *SPAM*\n hi\nB: 2\n", "Subject: *SPAM*\n hi\nB: 2\n",
       false},
      {"subject where there was none", "A: 1\r\n", "A: 1\nSubject: SPAM\n", "A: 1\r\nSubject: SPAM\r\n", false},
      {"the sender's word removed", "X-Spam-Flag: YES\r\nA: 1\r\n", "A: 1\n", "A: 1\r\n", false},
      {"the sender's word replaced", "A: 1\r\nX-Spam-Status: No\r\nB: 2\r\n", "A: 1\nX-Spam-Status: Yes, x\nB: 2\n",
       "A: 1\r\nB: 2\r\nX-Spam-Status: Yes, x\r\n", true},
      {"the sender's word left in place", "A: 1\r\nX-Spam-Status: No\r\nB: 2\r\n", "A: 1\nX-Spam-Status: No\nB: 2\n",
       "A: 1\r\nB: 2\r\n", false},
      {"the same word in another place", "A: 1\r\nB: 2\r\nX-Spam-Status: No\r\n", "X-Spam-Status: No\nA: 1\nB: 2\n",
       "A: 1\r\nB: 2\r\nX-Spam-Status: No\r\n", false},
      {"left in place and said again", "X-Spam-Level: *\r\nA: 1\r\n", "X-Spam-Level: *\nX-Spam-Level: *\nA: 1\n",
       "A: 1\r\nX-Spam-Level: *\r\n", false},
      {"spam that calls itself spam", "X-Spam-Flag: YES\r\nA: 1\r\n", "X-Spam-Flag: YES\nA: 1\n",
       "A: 1\r\nX-Spam-Flag: YES\r\n", true},
      {"mbox line", "From joe Mon Jan 1 10:00:00\nA: 1\n", "From joe Mon Jan 1 10:00:00\nX-Spam: no\nA: 1\n",
       "From joe Mon Jan 1 10:00:00\nA: 1\nX-Spam: no\r\n", false},
      {"lines that are no fields", "A: 1\r\nnonsense\r\nB: 2\r\n", "X-Y: z\nA: 1\nnonsense\nB: 2\n",
       "A: 1\r\nnonsense\r\nB: 2\r\nX-Y: z\r\n", false},
      {"the same field twice", "A: 1\r\nA: 1\r\n", "A: 1\nA: 1\nA: 1\n", "A: 1\r\nA: 1\r\nA: 1\r\n", false},
      {"control characters", "A: 1\r\n", std::string_view("A: 1\nX-Y: a\0b\rc\n\t\r\n \x7f d\n", 24),
       "A: 1\r\nX-Y: abc\r\n  d\r\n", false},
      {"no header", "", "X-Spam-Flag: YES\n\n", "X-Spam-Flag: YES\r\n", true},
  };
  for (const auto& row : rows) {
    const auto changes = header_changes(row.original, row.output);
    ASSERT_TRUE(changes) << row.name << ": " << changes.error();
    EXPECT_EQ(applied(row.original, *changes), row.result) << row.name;
    EXPECT_EQ(changes->spam, row.spam) << row.name;
  }
}

TEST(HeaderChanges, WhatIsNotTheMail) {
  struct Row {
    std::string_view original;
    std::string_view output;
    std::string_view why;
  };
  const Row rows[] = {
      {"A: 1\r\nB: 2\r\n", "", "the field A is missing"},
      {"A: 1\r\nB: 2\r\n", "A: 1\n", "the field B is missing"},
      {"A: 1\r\nB: 2\r\n", "B: 2\nA: 1\n", "the field B is missing"},
      {"A: 1\r\nB: 2\r\n", "A: 1\nB: 3\n", "the field B is missing"},
      {"A: 1\r\n", "A: 1 \n", "the field A is missing"},
      {"A: 1\r\n", "sh: spamc: not found\n", "the field A is missing"},
      {"A: 1\r\n", "not found\nA: 1\n", "a line is no field"},
      {"A: 1\r\n", "\nA: 1\n", "the field A is missing"},
      {"A: 1\r\n", "A: 1\nContent-Type: text/html\n", "the field Content-Type is new"},
      {"A: 1\r\n", "A: 1\nmime-version: 1.0\n", "the field mime-version is new"},
      {"From: a\r\n", "From: b\nFrom: a\n", "the field From is new"},
      {"Subject: a\r\nA: 1\r\n", "A: 1\nSubject: a\n", "the field A is missing"},
      {"Content-Type: a\r\n", "Content-Type: b\n", "the field Content-Type is new"},
  };
  for (const auto& row : rows) {
    const auto changes = header_changes(row.original, row.output);
    ASSERT_FALSE(changes) << row.output;
    EXPECT_EQ(changes.error(), row.why) << row.output;
  }
  std::string much = "A: 1\n";
  for (int i = 0; i < 1000; ++i) much += "X-Y: " + std::string(100, 'y') + "\n";
  EXPECT_FALSE(header_changes("A: 1\r\n", much));
  EXPECT_LT(only_spam_fields("A: 1\r\n", "A: 1\nX-Spam-Report: " + std::string(5000, 'a') + "\n").added.size(), 1100U);
}

TEST(HeaderChanges, OnlySpamFields) {
  const auto changes = only_spam_fields("A: 1\r\nX-Spam-Flag: NO\r\n", "Q: 1\nX-Spam-Flag: YES\nContent-Type: a\n");
  EXPECT_EQ(applied("A: 1\r\nX-Spam-Flag: NO\r\n", changes), "A: 1\r\nX-Spam-Flag: YES\r\n");
  EXPECT_TRUE(changes.spam);
  EXPECT_EQ(applied("A: 1\r\nX-Spam-Flag: YES\r\n x\r\nB: 2\r\n",
                    without_spam_fields("A: 1\r\nX-Spam-Flag: YES\r\n x\r\nB: 2\r\n")),
            "A: 1\r\nB: 2\r\n");
}

TEST(HeaderBlock, EndsBehindTheEmptyLine) {
  EXPECT_EQ(header_block("A: 1\r\n\r\nbody"), "A: 1\r\n\r\n");
  EXPECT_EQ(header_block("A: 1\n\nbody\n\n"), "A: 1\n\n");
  EXPECT_EQ(header_block("\nbody"), "\n");
  EXPECT_EQ(header_block("A: 1\r\n"), "A: 1\r\n");
  EXPECT_EQ(header_block(""), "");
}

TEST(SameBody, LineEndingsDoNotMatter) {
  struct Row {
    std::string_view a;
    std::string_view b;
    bool same;
  };
  const Row rows[] = {
      {"a\r\nb\r\n", "a\nb\n", true},
      {"a\r\nb\r\n", "a\nb", true},
      {"a\nb", "a\r\nb\r\n", true},
      {"a\r\n\r\nb", "a\n\nb", true},
      {"a\rb", "a\nb", false},
      {"a\rb\r\r\n", "a\rb\r\n", false},
      {"a\r\n\r\n", "a\n", false},
      {"a", "a\n\n", false},
      {"a ", "a", false},
      {"", "\n", true},
      {"", "", true},
      {"", "a", false},
      {"\r\na", "\na", true},
      {"a\r", "a", false},
      {"a\r\nb", "ab", false},
      {".\r\n", "", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(same_body(row.a, row.b), row.same) << row.a << "|" << row.b;
    EXPECT_EQ(same_body(row.b, row.a), row.same) << row.b << "|" << row.a;
  }
}

TEST(IsWrapped, WholeMessageBehindAnEmptyLine) {
  const std::string_view mail = "A: 1\r\n\r\nbody\r\n";
  EXPECT_TRUE(is_wrapped(mail, "X: y\n\nreport\n--b\nContent-Type: message/rfc822\n\nA: 1\n\nbody\n\n--b--\n"));
  EXPECT_TRUE(is_wrapped(mail, "X: y\n\nA: 1\n\nbody"));
  EXPECT_FALSE(is_wrapped(mail, "X: y\n\nA: 1\n\nbod\n\n--b--\n"));
  EXPECT_FALSE(is_wrapped(mail, "X: y\n\nA: 2\n\nbody\n"));
  EXPECT_FALSE(is_wrapped(mail, "A: 1\n\nbody\n"));
  EXPECT_FALSE(is_wrapped(mail, ""));
  EXPECT_FALSE(is_wrapped(mail, std::string(51, '\n') + "A: 1\n\nbody\n")) << "bounded";
}

TEST(SpamSubject, TagOnce) {
  struct Row {
    std::string_view head;
    std::string_view tag;
    std::string_view result;
  };
  const Row rows[] = {
      {"Subject: hi\r\nA: 1\r\n", "[ SPAM ]", "Subject: [ SPAM ] hi\r\nA: 1\r\n"},
      {"subject:hi\nA: 1\n", "[ SPAM ]", "Subject: [ SPAM ] hi\nA: 1\n"},
      {"Subject: [ SPAM ] hi\r\n", "[ SPAM ]", "Subject: [ SPAM ] hi\r\n"},
      {"Subject: =?utf-8?q?=5B_SPAM_=5D_hi?=\r\n", "[ SPAM ]", "Subject: =?utf-8?q?=5B_SPAM_=5D_hi?=\r\n"},
      {"Subject: a\r\n b\r\n", "S", "Subject: S a\r\n b\r\n"},
      {"Subject:\r\nA: 1\r\n", "S", "Subject: S\r\nA: 1\r\n"},
      {"Subject:\r\n hi\r\nA: 1\r\n", "S", "Subject: S hi\r\nA: 1\r\n"},
      {"A: 1\r\n", "S", "A: 1\r\nSubject: S\r\n"},
      {"Subject: a\r\nSubject: b\r\n", "S", "Subject: S a\r\nSubject: S b\r\n"},
      {"Subject: a", "S", "Subject: S a\r\n"},
      {"Subject: =?utf-8?q?=C3=A4?=\r\n", "S", "Subject: S =?utf-8?q?=C3=A4?=\r\n"},
      {"Subject: hi\r\n", "", "Subject: hi\r\n"},
      {"Subject: hi\r\n", "a\r\nX-Evil: 1", "Subject: a  X-Evil: 1 hi\r\n"},
  };
  for (const auto& row : rows) {
    HeaderChanges changes;
    tag_subjects(row.head, row.tag, changes);
    EXPECT_EQ(applied(row.head, changes), row.result) << row.head;
    const auto once = applied(row.head, changes);
    HeaderChanges again;
    tag_subjects(once, row.tag, again);
    EXPECT_EQ(applied(once, again), once) << row.head;
  }
}

TEST(SpamSubject, EncodedWordsAndLongLines) {
  HeaderChanges changes;
  tag_subjects("Subject: =?utf-8?q?=C3=A4?=\r\n", "\u00fcbel", changes);
  ASSERT_EQ(changes.edits.size(), 1U);
  HeaderChanges again;
  tag_subjects(changes.edits[0].text, "\u00fcbel \u00e4", again);
  EXPECT_TRUE(again.edits.empty()) << "the reader sees both words and the blank: " << changes.edits[0].text;
  HeaderChanges folded;
  tag_subjects("Subject: " + std::string(65, 'a') + "\n", "[ SPAM ]", folded);
  EXPECT_EQ(folded.edits[0].text, "Subject: [ SPAM ]\n " + std::string(65, 'a') + "\n");
}

TEST(SpamSubject, OnTopOfTheFiltersSubject) {
  auto changes = *header_changes("Subject: hi\r\n", "Subject: *5* hi\n");
  tag_subjects("Subject: hi\r\n", "[ SPAM ]", changes);
  EXPECT_EQ(applied("Subject: hi\r\n", changes), "Subject: [ SPAM ] *5* hi\r\n");
  changes = *header_changes("A: 1\r\n", "A: 1\nSubject: SPAM\n");
  tag_subjects("A: 1\r\n", "[ SPAM ]", changes);
  EXPECT_EQ(applied("A: 1\r\n", changes), "A: 1\r\nSubject: SPAM\r\n");
}

}  // namespace
}  // namespace p3scan::mime
