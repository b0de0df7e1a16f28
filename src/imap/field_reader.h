// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace p3scan::imap {

/// Reads the words of a structured field (RFC 5322 section 3.2, RFC 2045 section 5.1), obsolete forms and 8-bit octets
/// included, comments passed over, and says where it had to stop.
class FieldReader {
 public:
  enum class Step {
    flaw,  // something is not as it should be; what stands in front of it was taken
    end,   // the text ends here
    more,  // there is more
  };

  explicit FieldReader(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  void skip() { at_ += at_end() ? 0 : 1; }
  std::size_t position() const { return at_; }
  void rewind(std::size_t position) { at_ = position; }
  std::string_view rest() const { return text_.substr(at_); }

  Step blanks();  // and comments
  Step atom(std::string& out);
  Step dot_atom(std::string& out);       // blanks around the dots are left out
  Step token(std::string& out);          // of MIME; may be empty
  Step quoted_string(std::string& out);  // at a quote
  Step phrase(std::string& out);         // words and dots, one blank between them
  Step domain(std::string& out);         // at "@"

  const std::string& comment() const { return comment_; }  // the last one passed over
  void forget_comment() { comment_.clear(); }

  static bool is_atext(char c);

 private:
  Step here() const { return at_end() ? Step::end : Step::more; }
  Step skip_comment();
  Step atom_or_dot(std::string& out);
  Step domain_literal(std::string& out);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string comment_;
};

}  // namespace p3scan::imap
