// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include "authority/files.h"
#include "base/log.h"
#include "base/unique_fd.h"

namespace p3scan::app {

/// All that the signer's process starts with, the only one that ever reads a key of the CA.
struct SignerStart {
  authority::OpenFiles files;
  UniqueFd gateway;  // SOCK_SEQPACKET, see authority/wire.h; its end is the signer's
  UniqueFd control;  // SOCK_SEQPACKET to the master; out: a line about each signature
  Log log;
};

/// Reads the keys, closes the files, enters the sandbox, where it has no file system, and signs. Returns the exit code.
int run_signer(SignerStart start);

}  // namespace p3scan::app
