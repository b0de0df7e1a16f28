// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace p3scan::bench {

/// "--name value" arguments. All members throw std::invalid_argument with a text for the user.
class Args {
 public:
  /// `known`: the name of every argument and what it means, for the error text.
  Args(int argc, char** argv, std::map<std::string, std::string> known);

  std::string text(const std::string& name, const std::string& fallback = "") const;
  std::uint64_t number(const std::string& name, std::uint64_t fallback) const;
  std::uint16_t port(const std::string& name) const;
  std::vector<std::uint64_t> numbers(const std::string& name) const;  // comma list

 private:
  std::map<std::string, std::string> known_;
  std::map<std::string, std::string> given_;
};

/// Runs a program: prints what it throws and returns its exit status. Raises the limit of descriptors first.
int run_main(int (*body)(int, char**), int argc, char** argv);

}  // namespace p3scan::bench
