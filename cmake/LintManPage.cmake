# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# Fails when mandoc finds anything to say about PAGE but that pages it refers to are not installed here.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND ${MANDOC} -Tlint ${PAGE} OUTPUT_VARIABLE findings ERROR_VARIABLE errors RESULT_VARIABLE status)
string(REGEX REPLACE "[^\n]*referenced manual not found[^\n]*\n" "" findings "${findings}")
string(REGEX REPLACE "[^\n]*outdated mandoc.db[^\n]*\n" "" errors "${errors}")
if(NOT "${findings}${errors}" STREQUAL "")
  message(FATAL_ERROR "${findings}${errors}")
endif()
# Lint says little about an empty page.
file(STRINGS ${PAGE} headings REGEX "^\\.Sh ")
list(LENGTH headings count)
if(count LESS 5)
  message(FATAL_ERROR "${PAGE} has ${count} headings only")
endif()
