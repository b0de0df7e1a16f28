// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "mime/edit.h"
#include "spool/message.h"

namespace p3scan {

/// Builds the new version of a message from edits of the old one. Nothing is copied before the first edit.
/// All calls on one thread, which need not be the executor's: a pool thread may build the version and hand it over.
class EditedCopy final : public mime::Edits {
 public:
  /// `original` must outlive it (see MessageView). `executor` is the session's, for those who read the new version.
  EditedCopy(boost::asio::any_io_executor executor, SpoolLimits limits, std::string_view original);

  void replace(std::uint64_t offset, std::uint64_t length, std::string_view text) override;

  /// Something was replaced so far.
  bool is_edited() const { return version_ != nullptr; }

  /// The complete new version, or null if nothing was replaced. An error (no space, larger than a message may be) means
  /// that there is no new version; what becomes of the mail is the filter's failure. Call once.
  Result<std::shared_ptr<Message>, SpoolError> finish();

 private:
  void append(std::string_view text);
  void copy_until(std::uint64_t offset);

  boost::asio::any_io_executor executor_;
  SpoolLimits limits_;
  std::string_view original_;
  std::uint64_t copied_ = 0;  // octets of the original that are copied or replaced
  std::shared_ptr<Message> version_;
  std::optional<SpoolError> error_;
};

}  // namespace p3scan
