// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "proto/smtp/smtp_dialog.h"
#include "support/dialog_script.h"

namespace p3scan::proto::smtp {

struct Script {
  const char* name;
  std::string_view text;
  Options options = {};
  std::string_view before = {};  // one of the beginnings below
};

inline void PrintTo(const Script& script, std::ostream* out) { *out << script.name; }

inline constexpr std::string_view kGreeted = R"(
  S: 220 mx ready
  C< 220 mx ready
)";

inline constexpr std::string_view kHello = R"(
  S: 220 mx ready
  C< 220 mx ready
  C: EHLO me
  S< EHLO me
  S: 250-mx
  S: 250-PIPELINING
  S: 250 CHUNKING
  C< 250-mx
  C< 250-PIPELINING
  C< 250 CHUNKING
)";

inline constexpr std::string_view kRecipient = R"(
  S: 220 mx ready
  C< 220 mx ready
  C: EHLO me
  S< EHLO me
  S: 250-mx
  S: 250-PIPELINING
  S: 250 CHUNKING
  C< 250-mx
  C< 250-PIPELINING
  C< 250 CHUNKING
  C: MAIL FROM:<joe@here>
  C: RCPT TO:<ann@there>
  S< MAIL FROM:<joe@here>
  S< RCPT TO:<ann@there>
  S: 250 sender ok
  S: 250 recipient ok
  C< 250 sender ok
  C< 250 recipient ok
  login: joe@here
)";

inline Inbox inbox(std::string_view client, std::string_view server, const Ruling* ruling = nullptr) {
  Inbox in;
  in.client = client;
  in.server = server;
  in.ruling = ruling;
  return in;
}

/// Plays it in every chunking and failing at every step; returns the resume calls of the largest chunks.
inline std::size_t play(const Script& script) {
  const auto make = [&] { return std::make_unique<SmtpDialog>(script.options); };
  return test::play(make, std::string(script.before) + std::string(script.text));
}

/// Each file adds its scripts; the test itself stands in smtp_session_test.cpp.
class SmtpScriptTest : public testing::TestWithParam<Script> {};

inline std::string script_name(const testing::TestParamInfo<Script>& info) { return info.param.name; }

}  // namespace p3scan::proto::smtp
