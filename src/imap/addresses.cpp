// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "imap/addresses.h"

#include "imap/field_reader.h"

namespace p3scan::imap {
namespace {

using Step = FieldReader::Step;

class AddressReader {
 public:
  AddressReader(std::string_view value, std::size_t max) : in_(value), max_(max) {}

  std::vector<Address> read() {
    if (in_.blanks() != Step::more) return {};
    while (list_.size() < max_) {
      if (address() == Step::end || in_.peek() != ',') break;
      in_.skip();
      const auto step = in_.blanks();
      if (step == Step::flaw) add_completed();
      if (step != Step::more) break;
    }
    return std::move(list_);
  }

 private:
  void add() {
    list_.push_back(std::move(now_));
    now_ = {};
  }

  void add_completed() {
    if (!now_.mailbox) now_.mailbox = "MISSING_MAILBOX";
    if (!now_.host) now_.host = "MISSING_DOMAIN";
    add();
  }

  Step address() {
    const auto start = in_.position();
    if (const auto step = group(); step != Step::flaw) return step;
    in_.rewind(start);
    return mailbox();
  }

  // name ":" mailboxes ";"
  Step group() {
    std::string name;
    if (in_.phrase(name) != Step::more || in_.peek() != ':') return Step::flaw;
    in_.skip();
    auto step = in_.blanks();
    now_ = {};
    now_.mailbox = std::move(name);
    add();
    if (step == Step::more && in_.peek() != ';') step = members(step);
    if (step != Step::flaw) {
      if (in_.peek() == ';') {
        in_.skip();
        step = in_.blanks();
      } else {
        step = Step::flaw;
      }
    }
    add();
    return step == Step::end ? Step::end : Step::more;
  }

  Step members(Step step) {
    while (list_.size() < max_) {
      if (mailbox() != Step::more) return Step::flaw;
      if (in_.peek() != ',') break;
      in_.skip();
      if (in_.blanks() != Step::more) return Step::flaw;
    }
    return step;
  }

  Step mailbox() {
    const auto start = in_.position();
    auto step = name_and_address();
    if (step == Step::flaw) {
      in_.rewind(start);
      step = plain_address();
    }
    add_completed();
    return step;
  }

  Step name_and_address() {
    std::string name;
    if (in_.phrase(name) != Step::more || in_.peek() != '<') return Step::flaw;
    if (!name.empty()) now_.name = std::move(name);
    if (in_angles() == Step::flaw) now_.host = "SYNTAX_ERROR";
    return in_.at_end() ? Step::end : Step::more;
  }

  // "<" [route ":"] mailbox ["@" host] ">"
  Step in_angles() {
    in_.skip();
    if (in_.blanks() != Step::more) return Step::flaw;
    if (in_.peek() == '@') {
      if (route() != Step::more || in_.peek() != ':') {
        now_.route = "INVALID_ROUTE";
        return Step::flaw;
      }
      in_.skip();
      if (in_.blanks() != Step::more) return Step::flaw;
    }
    if (in_.peek() != '>' && mailbox_part() != Step::more) return Step::flaw;  // <> says nothing, and says it well
    if (in_.peek() == '@' && host() != Step::more) return Step::flaw;
    if (in_.peek() != '>') return Step::flaw;
    in_.skip();
    return in_.blanks();
  }

  Step plain_address() {
    in_.forget_comment();
    const auto start = in_.position();
    const auto start_text = in_.rest();
    auto step = mailbox_part();
    const bool has_blanks = !start_text.starts_with('"') && now_.mailbox && !start_text.starts_with(*now_.mailbox);
    if (step == Step::more && (has_blanks || goes_on())) {
      in_.rewind(start);
      now_.mailbox.reset();
      return name_alone();
    }
    if (step != Step::end && in_.peek() == '@') {
      if (const auto second = host(); second != Step::more) step = second;
    }
    if (!in_.comment().empty()) now_.name = in_.comment();
    return step;
  }

  bool goes_on() const { return in_.peek() == '"' || in_.peek() == '.' || FieldReader::is_atext(in_.peek()); }

  // Words that are no address: "Ann Smith"
  Step name_alone() {
    const auto rest = in_.rest();
    std::string words;
    const auto step = in_.phrase(words);
    std::string name;
    for (const char c : rest.substr(0, rest.size() - in_.rest().size())) {
      if (c == '.' && name.ends_with(' ')) name.pop_back();
      name += c == '\n' ? ' ' : c;
    }
    now_.name = std::move(name);
    return step;
  }

  Step mailbox_part() {
    std::string text;
    const auto step = in_.peek() == '"' ? in_.quoted_string(text) : in_.dot_atom(text);
    if (step != Step::flaw) now_.mailbox = std::move(text);
    return step;
  }

  Step host() {
    std::string text;
    const auto step = in_.domain(text);
    if (step != Step::flaw) now_.host = std::move(text);
    return step;
  }

  Step route() {
    std::string text;
    while (in_.peek() == '@') {
      text += text.empty() ? "@" : ",@";
      if (const auto step = in_.domain(text); step != Step::more) return step;
      while (in_.blanks() == Step::more && in_.peek() == ',') in_.skip();
    }
    if (in_.at_end()) return Step::end;
    now_.route = std::move(text);
    return Step::more;
  }

  FieldReader in_;
  std::size_t max_;
  Address now_;
  std::vector<Address> list_;
};

}  // namespace

std::vector<Address> read_addresses(std::string_view value, std::size_t max) {
  return AddressReader(value, max).read();
}

}  // namespace p3scan::imap
