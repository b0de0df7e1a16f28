// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <optional>
#include <string_view>

#include "html/names.h"
#include "mime/structure.h"

namespace p3scan {

/// Whether mail programs may show the part as HTML, SVG or a style sheet, and as which. By any of its types, by its names
/// if the type says nothing, by its beginning if nobody knows the type.
std::optional<html::Syntax> html_syntax(std::string_view message, const mime::Part& part);

}  // namespace p3scan
