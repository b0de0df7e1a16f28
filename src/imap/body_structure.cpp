// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/body_structure.h"

#include "base/ascii.h"
#include "imap/content_fields.h"
#include "imap/envelope.h"
#include "imap/write_string.h"

namespace p3scan::imap {
namespace {

constexpr std::string_view kNoParts = R"(("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 0 0)";

bool holds_parts(const ContentType& type) {
  if (ascii::equal_nocase(type.type, "multipart")) return true;
  return ascii::equal_nocase(type.type, "message") && ascii::equal_nocase(type.subtype, "rfc822");
}

class Writer {
 public:
  Writer(std::string_view message, const std::vector<TreePart>& tree, bool extended)
      : message_(message), tree_(tree), extended_(extended) {}

  std::string write() {
    part(0);
    return std::move(out_);
  }

 private:
  void word(std::string_view text) { out_.append(" ").append(text); }

  void line(const std::optional<std::string>& text) {
    out_ += ' ';
    append_line(out_, text);
  }

  void part(std::size_t index) {
    const auto& one = tree_[index];
    const auto header = one.header_of(message_);
    const auto fields = one.is_mime ? read_content_fields(header) : ContentFields{};
    out_ += '(';
    if (one.kind == TreePart::Kind::multipart)
      multipart(one, fields);
    else
      single(one, fields);
    out_ += ')';
  }

  void parameters(const ShownParameters& list) {
    std::string_view before = "(";
    for (const auto& [name, value] : list) {
      out_ += before;
      before = " ";
      append_line(out_, std::string_view(name));
      out_ += ' ';
      append_line(out_, std::string_view(value));
    }
    out_ += ')';
  }

  void multipart(const TreePart& one, const ContentFields& fields) {
    for (auto child = one.first_child; child != TreePart::kNone; child = tree_[child].next) part(child);
    if (one.first_child == TreePart::kNone) out_.append(kNoParts).append(extended_ ? " NIL NIL NIL NIL)" : ")");
    out_ += ' ';
    append_line(out_, std::string_view(fields.type->subtype));
    if (!extended_) return;
    out_ += ' ';
    if (fields.type->parameters.empty())
      out_ += "NIL";
    else
      parameters(fields.type->parameters);
    extension(fields);
  }

  void single(const TreePart& one, const ContentFields& fields) {
    const bool is_message = one.kind == TreePart::Kind::message;
    const bool is_text = one.kind == TreePart::Kind::text;
    type(one, fields);
    out_ += ' ';
    auto list = fields.type ? fields.type->parameters : ShownParameters{};
    if (is_text && (!fields.type || fields.type->find("charset") == nullptr)) list.emplace_back("charset", "us-ascii");
    if (list.empty())
      out_ += "NIL";
    else
      parameters(list);
    line(fields.id);
    line(fields.description);
    line(fields.encoding ? fields.encoding : "7bit");
    word(std::to_string(one.end - one.body));
    if (is_message) {
      const auto& inner = tree_[one.first_child];
      word(envelope_of(inner.header_of(message_)));
      out_ += ' ';
      part(one.first_child);
    }
    if (is_text || is_message) word(std::to_string(one.lines));
    if (!extended_) return;
    line(fields.md5);
    extension(fields);
  }

  void type(const TreePart& one, const ContentFields& fields) {
    if (one.kind == TreePart::Kind::message) {
      out_ += R"("message" "rfc822")";
      return;
    }
    if (!fields.type) {
      out_ += R"("text" "plain")";
      return;
    }
    if (one.kind == TreePart::Kind::other && holds_parts(*fields.type)) {
      out_ += R"("application" "octet-stream")";  // one beyond the limits
      return;
    }
    append_line(out_, std::string_view(fields.type->type));
    out_ += ' ';
    append_line(out_, std::string_view(fields.type->subtype));
  }

  void extension(const ContentFields& fields) {
    out_ += ' ';
    if (fields.disposition) {
      out_ += '(';
      append_line(out_, std::string_view(fields.disposition->value));
      out_ += ' ';
      if (fields.disposition->parameters.empty())
        out_ += "NIL";
      else
        parameters(fields.disposition->parameters);
      out_ += ')';
    } else {
      out_ += "NIL";
    }
    out_ += ' ';
    languages(fields.languages);
    line(fields.location);
  }

  void languages(const std::vector<std::string>& list) {
    if (list.empty()) {
      out_ += "NIL";
      return;
    }
    std::string_view before = "(";
    for (const auto& one : list) {
      out_ += before;
      before = " ";
      append_line(out_, std::string_view(one));
    }
    out_ += ')';
  }

  std::string_view message_;
  const std::vector<TreePart>& tree_;
  bool extended_;
  std::string out_;
};

}  // namespace

std::string body_structure(std::string_view message, const std::vector<TreePart>& tree, bool extended) {
  return Writer(message, tree, extended).write();
}

}  // namespace p3scan::imap
