// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
// Boost.JSON is compiled once, here.
#include <boost/json/src.hpp>  // NOLINT(misc-include-cleaner)
