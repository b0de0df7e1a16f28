// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "filter/html_clean.h"

#include <fmt/format.h>

#include <utility>

#include "base/asio/asio.h"
#include "filter/edit_message.h"
#include "filter/html_part.h"
#include "html/cleaner.h"
#include "mime/part_text.h"

namespace p3scan {
namespace {

void throw_if(const std::atomic<bool>& stop) {
  if (stop) throw boost::system::system_error(asio::error::operation_aborted);
}

/// The cleaner's edits as those of a part's text.
class ToMime final : public html::Edits {
 public:
  explicit ToMime(mime::Edits& edits) : edits_(edits) {}
  void replace(std::uint64_t offset, std::uint64_t length, std::string_view text) override {
    edits_.replace(offset, length, text);
  }

 private:
  mime::Edits& edits_;
};

class HtmlRewriter final : public mime::TextRewriter {
 public:
  HtmlRewriter(html::Mode mode, html::Syntax syntax, const std::atomic<bool>& stop)
      : cleaner_(mode, syntax), stop_(stop) {}

  void feed(std::string_view text, mime::Edits& edits) override {
    throw_if(stop_);
    ToMime to(edits);
    cleaner_.feed(text, to);
  }
  void finish(mime::Edits& edits) override {
    ToMime to(edits);
    cleaner_.finish(to);
  }
  std::uint64_t settled() const override { return cleaner_.settled(); }
  std::uint64_t places() const { return cleaner_.places(); }

 private:
  html::Cleaner cleaner_;
  const std::atomic<bool>& stop_;
};

/// Only looks whether there is anything to defuse.
class HtmlReader final : public mime::TextReader {
 public:
  HtmlReader(html::Mode mode, html::Syntax syntax, const std::atomic<bool>& stop)
      : cleaner_(mode, syntax), stop_(stop) {}
  void feed(std::string_view text) override {
    throw_if(stop_);
    cleaner_.feed(text, nowhere_);
  }
  void finish() override { cleaner_.finish(nowhere_); }
  bool is_harmless() const { return cleaner_.places() == 0; }

 private:
  class Nowhere final : public html::Edits {
    void replace(std::uint64_t /*offset*/, std::uint64_t /*length*/, std::string_view /*text*/) override {}
  };
  html::Cleaner cleaner_;
  Nowhere nowhere_;
  const std::atomic<bool>& stop_;
};

/// Programs that believe another one of its encodings see another text, which the edits of the first do not fit.
bool other_encodings_are_harmless(std::string_view message, const mime::Part& part, html::Syntax syntax,
                                  html::Mode mode, const std::atomic<bool>& stop) {
  for (const auto encoding : part.encodings) {
    if (encoding == part.encoding) continue;
    auto other = part;
    other.encoding = encoding;
    HtmlReader reader(mode, syntax, stop);
    mime::read_text(message, other, reader);
    if (!reader.is_harmless()) return false;
  }
  return true;
}

std::string note_of(const HtmlReport& report) {
  std::string note;
  const auto add = [&](const std::string& words) { note += (note.empty() ? "" : "; ") + words; };
  if (report.places > 0) add(fmt::format("HTML defused: {} place{}", report.places, report.places == 1 ? "" : "s"));
  if (report.left > 0) {
    add(fmt::format("HTML left as it was in {} signed or encrypted part{}", report.left, report.left == 1 ? "" : "s"));
  }
  if (!report.unsure.empty()) add("HTML may be left: " + report.unsure);
  return note;
}

}  // namespace

HtmlReport clean_html(std::string_view message, const HtmlSettings& settings, const std::atomic<bool>& stop,
                      mime::Edits& edits) {
  HtmlReport report;
  const auto structure = mime::read_structure(message, settings.structure);
  if (structure.over_limit) report.unsure = structure.why;
  for (const auto& part : structure.parts) {
    throw_if(stop);
    const auto syntax = part.is_leaf ? html_syntax(message, part) : std::nullopt;
    if (!syntax) continue;
    if (part.seal != mime::Seal::none && !settings.edit_signed) {
      ++report.left;
      continue;
    }
    HtmlRewriter rewriter(settings.mode, *syntax, stop);
    mime::rewrite_text(message, part, rewriter, edits);
    report.places += rewriter.places();
    if (!other_encodings_are_harmless(message, part, *syntax, settings.mode, stop)) {
      report.unsure = "a part has several transfer encodings";
    }
  }
  return report;
}

asio::awaitable<Filtered> HtmlFilter::run(Message& message, const scan::MailFacts& facts) {
  if (!facts.incoming) co_return Filtered{};
  EditWork work = [settings = settings_](std::string_view bytes, mime::Edits& edits, const std::atomic<bool>& stop) {
    const auto report = clean_html(bytes, settings, stop, edits);
    Filtered filtered;
    filtered.note = note_of(report);
    if (settings.mode == html::Mode::strict && !report.unsure.empty()) {
      filtered.verdict = scan::Unscannable{"HTML: " + report.unsure};
    }
    return filtered;
  };
  co_return co_await edit_message(message, tools_, settings_.limit, std::move(work));
}

}  // namespace p3scan
