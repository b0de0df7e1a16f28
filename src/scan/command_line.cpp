// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "scan/command_line.h"

#include "base/ascii.h"

namespace p3scan::scan {
namespace {

constexpr std::string_view kShellSyntax = "|&;<>()$`*?[]~";

class Splitter {
 public:
  explicit Splitter(std::string_view text) : rest_(text) {}

  Result<CommandLine, std::string> run() {
    while (!rest_.empty()) {
      const char c = take();
      if (c == '\0') return fail(std::string("the command line contains a NUL"));
      if (const auto ok = accept(c); !ok) return fail(ok.error());
    }
    end_word();
    if (out_.words.empty() || out_.words.front().empty()) return fail(std::string("the command line is empty"));
    return std::move(out_);
  }

 private:
  using Ok = Result<void, std::string>;

  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void end_word() {
    if (in_word_) out_.words.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  void add(char c) {
    word_ += c;
    in_word_ = true;
  }

  Ok accept(char c) {
    if (ascii::is_space(c)) {
      end_word();
      return {};
    }
    if (c == '\'' || c == '"') return quoted(c);
    if (c == '\\') {
      if (rest_.empty()) return fail(std::string("the command line ends with a backslash"));
      c = take();
    } else if (out_.warning.empty() && kShellSyntax.find(c) != std::string_view::npos) {
      out_.warning = std::string("'") + c + "' has no special meaning: the scanner is started without a shell";
    }
    add(c);
    return {};
  }

  Ok quoted(char quote) {
    in_word_ = true;
    while (!rest_.empty()) {
      char c = take();
      if (c == quote) return {};
      const bool escape =
          c == '\\' && quote == '"' && !rest_.empty() && (rest_.front() == '"' || rest_.front() == '\\');
      if (escape) c = take();
      if (c == '\0') return fail(std::string("the command line contains a NUL"));
      add(c);
    }
    return fail(std::string("the command line has an unbalanced ") + quote);
  }

  std::string_view rest_;
  std::string word_;
  bool in_word_ = false;
  CommandLine out_;
};

}  // namespace

Result<CommandLine, std::string> split_command_line(std::string_view text) { return Splitter(text).run(); }

}  // namespace p3scan::scan
