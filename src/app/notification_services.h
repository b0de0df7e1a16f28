// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <memory>
#include <string>

#include "base/asio/asio.h"
#include "base/log.h"
#include "base/result.h"
#include "config/config.h"
#include "notify/administrators.h"
#include "notify/scanner_info.h"

namespace p3scan::app {

struct HostNames {
  std::string host;
  std::string domain;
};
/// %HOSTNAME% and %DOMAINNAME%; the old program asked for the NIS domain, which nobody has.
HostNames host_names();

/// Who is told of viruses and troubles, and how. What is wrong with an address is logged, and the address left out.
Result<notify::Settings, std::string> notify_settings(const config::Config& config, const Log& log);

/// What stands for %VDINFO%: the output of the footer command, else what the engines say.
Result<std::shared_ptr<notify::ScannerInfo>, std::string> make_scanner_info(const config::Config& config,
                                                                            const asio::any_io_executor& executor,
                                                                            const Log& log);

/// The template of notifications; empty when the built-in ones are used.
Result<std::string, std::string> template_text(const config::Config& config);

/// The template of mail to extra; empty when the file does not exist, or is blank, which is logged.
std::string extra_template(const config::Config& config, const Log& log);

}  // namespace p3scan::app
