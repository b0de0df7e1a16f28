// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <string_view>

#include "filter/filter.h"
#include "mime/edit.h"

namespace p3scan {

/// What a filter does with a message: reads it, edits it, and says the rest of its result (`version` is set for it).
/// Runs on a thread of the pool and must own what it uses, because it may be left behind by a cancelled filter: `stop`
/// tells it then, and an edit throws. It should look at `stop` about every megabyte.
using EditWork = std::function<Filtered(std::string_view message, mime::Edits& edits, const std::atomic<bool>& stop)>;

/// Lets `work` edit the complete `message` on the pool. Without an edit there is no version. Throws std::runtime_error
/// with words for the log if it takes longer than `limit` or the new version can't be kept, operation_aborted if
/// cancelled.
boost::asio::awaitable<Filtered> edit_message(Message& message, const FilterTools& tools,
                                              std::chrono::milliseconds limit, EditWork work);

}  // namespace p3scan
