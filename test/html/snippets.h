// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "html/cleaner.h"

namespace p3scan::html {

/// Applies the edits to a text.
class Applied final : public Edits {
 public:
  explicit Applied(std::string_view text) : text_(text) {}

  void replace(std::uint64_t offset, std::uint64_t length, std::string_view text) override {
    in_order = in_order && offset >= done_ && offset + length <= text_.size();
    if (!in_order) return;
    out_.append(text_.substr(done_, offset - done_)).append(text);
    done_ = offset + length;
  }
  std::string finish() { return out_.append(text_.substr(std::exchange(done_, text_.size()))); }

  bool in_order = true;

 private:
  std::string_view text_;
  std::string out_;
  std::uint64_t done_ = 0;
};

struct Way {
  Mode mode = Mode::webbugs;
  Syntax syntax = Syntax::html;
};

/// What becomes of `text` that comes in pieces of `step` octets; a sentence if the cleaner breaks a promise.
inline std::string clean(std::string_view text, Way way, std::size_t step = std::string_view::npos) {
  Applied edits(text);
  Cleaner cleaner(way.mode, way.syntax);
  for (std::size_t at = 0; at < text.size();) {
    const auto piece = text.substr(at, step);
    cleaner.feed(piece, edits);
    at += piece.size();
    if (cleaner.settled() > at || cleaner.settled() + Cleaner::kLookBack < at) return "looks back too far";
  }
  cleaner.finish(edits);
  return edits.in_order ? edits.finish() : "edits out of order";
}

/// A row of snippets.txt, whose head describes it.
struct Snippet {
  std::string name;
  Way way;
  std::string text;
  std::string expected;
  bool only_harmless = false;
};

inline std::string unescape(std::string_view written) {
  std::string text;
  while (!written.empty()) {
    if (written[0] != '\\') {
      text += written[0];
      written.remove_prefix(1);
      continue;
    }
    const char kind = written[1];
    std::size_t used = 2;
    if (kind == 'x') {
      text += static_cast<char>(std::stoi(std::string(written.substr(2, 2)), nullptr, 16));
      used = 4;
    } else if (kind == '{') {
      const auto count = std::stoul(std::string(written.substr(2)));
      const auto begin = written.find('}') + 1;
      const auto end = written.find("\\;");
      const auto unit = unescape(written.substr(begin, end - begin));
      for (std::size_t i = 0; i < count; ++i) text += unit;
      used = end + 2;
    } else {
      text += kind == 'n' ? '\n' : kind == 'r' ? '\r' : kind == 't' ? '\t' : kind;
    }
    written.remove_prefix(used);
  }
  return text;
}

inline std::vector<Snippet> read_snippets(const std::string& file) {
  std::vector<Snippet> rows;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    std::vector<std::string> fields(1);
    for (const char c : line) {
      if (c == '\t') {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    fields.resize(4);
    const auto has = [&](std::string_view word) { return fields[1].contains(word); };
    const auto mode = has("strict") ? Mode::strict : has("p3pmail") ? Mode::p3pmail : Mode::webbugs;
    const auto syntax = has("xhtml") ? Syntax::xhtml
                        : has("svg") ? Syntax::svg
                        : has("css") ? Syntax::css
                                     : Syntax::html;
    const auto text = unescape(fields[2]);
    rows.push_back({fields[0], {mode, syntax}, text, fields[3] == "=" ? text : unescape(fields[3]), fields[3] == "-"});
  }
  return rows;
}

}  // namespace p3scan::html
