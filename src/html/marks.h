// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <string_view>

// What the cleaner writes into a text. Each of them makes what follows a name or an address that nobody knows, so that
// cleaning once more finds nothing.
namespace p3scan::html {

using namespace std::string_view_literals;

inline constexpr auto kAttributeMark = "data-p3-"sv;  // in front of an attribute's name
inline constexpr auto kMark = "x-p3-"sv;              // in front of the name of a tag, a CSS function, an at-rule
inline constexpr auto kNoAddress = "data:,"sv;        // in front of an address in CSS
inline constexpr auto kScriptMark = R"( type="x-p3/off")"sv;  // behind "<script": no type that anybody runs
inline constexpr auto kScriptType = "x-p3/off"sv;

}  // namespace p3scan::html
