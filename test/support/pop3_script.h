// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "proto/pop3/dialog.h"
#include "support/dialog_script.h"

namespace p3scan::proto::pop3 {

struct Case {
  const char* name;
  std::string_view script;
};

constexpr auto kCaseName = [](const auto& c) { return std::string(c.param.name); };

/// Plays a script that begins after the server's greeting (with useurl: before ours).
inline void play(std::string_view script, const Dialog::Options& options = {}) {
  const std::string greeting = options.useurl ? "" : "S: +OK ready\nC< +OK ready\n";
  test::play([&] { return std::make_unique<Dialog>(options); }, greeting + std::string(script));
}

}  // namespace p3scan::proto::pop3
