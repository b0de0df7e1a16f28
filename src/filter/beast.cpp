// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/beast.h"

#include <boost/beast/src.hpp>
