# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
# Flags for every target, and one function per kind of target.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

option(P3SCAN_FUZZ "Build the fuzz targets with libFuzzer" OFF)
set(P3SCAN_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(fmt 9 REQUIRED)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
pkg_check_modules(CLAMAV REQUIRED IMPORTED_TARGET libclamav)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(CAPNG REQUIRED IMPORTED_TARGET libcap-ng)

add_library(p3scan_flags INTERFACE)
target_compile_options(p3scan_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -Wunused -Wcast-align -Wformat=2 -Werror
  -fstack-protector-strong -fstack-clash-protection)
target_compile_definitions(p3scan_flags INTERFACE
  P3SCAN_VERSION="${PROJECT_VERSION}"
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  $<$<NOT:$<CONFIG:Debug>>:_GLIBCXX_ASSERTIONS>)
target_include_directories(p3scan_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_link_options(p3scan_flags INTERFACE -pie -Wl,-z,relro,-z,now)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  target_link_options(p3scan_flags INTERFACE -fuse-ld=lld-19)
  # ccache needs these to be sure of a precompiled header.
  target_compile_options(p3scan_flags INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()
if(P3SCAN_SANITIZE)
  target_compile_options(p3scan_flags INTERFACE -fsanitize=${P3SCAN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(p3scan_flags INTERFACE -fsanitize=${P3SCAN_SANITIZE})
else()
  target_compile_definitions(p3scan_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=3>)
endif()
if(P3SCAN_FUZZ)
  target_compile_options(p3scan_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
target_link_libraries(p3scan_flags INTERFACE Threads::Threads fmt::fmt)

# The library of one folder of src: p3scan_library(NAME [PCH] DEPENDS other folders LINKS system libraries).
# PCH: the folder speaks Asio, so it uses the header that p3scan_base precompiles.
function(p3scan_library name)
  cmake_parse_arguments(ARG "PCH" "" "DEPENDS;LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  if(NOT sources)
    return()
  endif()
  add_library(p3scan_${name} STATIC ${sources})
  set_target_properties(p3scan_${name} PROPERTIES LINKER_LANGUAGE CXX)
  list(TRANSFORM ARG_DEPENDS PREPEND p3scan_)
  target_link_libraries(p3scan_${name} PUBLIC p3scan_flags ${ARG_DEPENDS} ${ARG_LINKS})
  if(ARG_PCH)
    target_precompile_headers(p3scan_${name} REUSE_FROM p3scan_asio)
  endif()
endfunction()
