// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
// Boost.Beast's HTTP, compiled once in beast.cpp: nobody includes Beast but through here.
#define BOOST_BEAST_SEPARATE_COMPILATION  // NOLINT(cppcoreguidelines-macro-usage): its name is Beast's
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
