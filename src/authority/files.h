// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authority/mint.h"
#include "base/result.h"
#include "base/unique_fd.h"

// The directory of the CA (option cadir): ca.pem and ca.key, which clients trust; untrusted.pem and untrusted.key, which
// nobody is to trust; old-FINGERPRINT.pem, CA certificates of before a change. Keys have the mode 0600.
namespace p3scan::authority {

/// All four open for reading. A process that holds these needs no rights on the directory.
struct OpenFiles {
  UniqueFd certificate;
  UniqueFd key;
  UniqueFd untrusted_certificate;
  UniqueFd untrusted_key;
};

enum class Missing { absent, unreadable, wrong };
struct OpenError {
  Missing kind = Missing::wrong;
  std::string text;  // one sentence
};

/// `owner`: whose directory and files must be; keys must not be open to anybody else, and what is no plain file or a
/// symbolic link is refused. Absent: there is no CA. Unreadable: this process may not look. Wrong: it is no use as it is.
Result<OpenFiles, OpenError> open_files(const std::string& path, uid_t owner);

struct Issuers {
  Issuer trusted;
  Issuer untrusted;
};

/// Reads keys: for the signer's process alone. Certificates that are no CAs or not for their keys are errors.
Result<Issuers, std::string> load(const OpenFiles& files);

/// The CA certificate that clients trust, and those before it that are still valid, newest first. Reads no key.
Result<std::vector<Certificate>, std::string> trusted_certificates(const std::string& path, std::int64_t now);

/// Makes what is missing of the two pairs, and the directory (mode 0700). An error when nothing is missing.
/// Files of the calling user.
Result<void, std::string> create(const std::string& path, const CaPlan& plan);

/// New pairs in place of both; the old trusted certificate stays as old-FINGERPRINT.pem. What no longer is valid of
/// those goes.
Result<void, std::string> replace(const std::string& path, const CaPlan& plan);

}  // namespace p3scan::authority
