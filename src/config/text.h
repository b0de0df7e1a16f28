// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/load.h"

// Everything that is written about the options; all of it comes from the table in options.cpp.
namespace p3scan::config {

std::string version_text();  // the layout that other programs parse: empty line, "P3Scan 4.0.0", two more, empty line
std::string help_text();
std::string sample_conf();  // p3scan.conf: every option with its default, commented out
std::string man_p3scan();   // p3scan(8), mdoc(7)
std::string man_conf();     // p3scan.conf(5), mdoc(7)

/// What became of the options of earlier versions: lines "name<TAB>same|repaired|no-effect<TAB>how or why".
std::string compat_text();

/// What -s prints: "name: value  (origin)" for every setting, as 3.0 did, with origins.
std::string settings_with_origins(const Loaded& loaded);

/// Names of settings that differ although a reload does not change them.
std::vector<std::string_view> changed_at_start_only(const Config& running, const Config& fresh);

/// What -t prints: first in sentences what the gateway would do, then every effective setting.
std::string describe(const Config& config);

/// Every effective setting as a line of a configuration file that would set it.
std::string settings_text(const Config& config);

/// Settings that are allowed but have no effect or deserve a second look, one sentence each; worth a
/// line in the log at start.
std::vector<std::string> notes(const Config& config);

/// The value of one option as the file would have it; empty when it is not set. For tests and describe().
std::string show_option(const Config& config, std::string_view name);

/// "scannertype" values by name: libclamav, clamd, basic.
std::string_view name_of(ScannerType type);

}  // namespace p3scan::config
