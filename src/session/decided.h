// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/dialog.h"
#include "spool/message.h"

namespace p3scan::session {

/// Text put into a message; every other octet stays as it came.
struct Insertion {
  std::uint64_t offset = 0;  // in the message
  std::string text;
};

/// What became of a message: the ruling that its dialog is told, and the version that is delivered.
struct Decided {
  proto::Ruling ruling;
  std::shared_ptr<Message> version;        // what filters made of the message; none: the message itself
  std::vector<Insertion> insertions;       // ascending offsets in the version
  std::optional<std::string> replacement;  // stands in for the whole message
};

}  // namespace p3scan::session
