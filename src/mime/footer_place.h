// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mime/part_text.h"

namespace p3scan::mime {

/// Finds where a footer belongs in a text that passes: at its end, or in HTML in front of the last </body>, else of the
/// last </html>.
class FooterPlace final : public TextReader {
 public:
  enum class Kind : std::uint8_t { plain, html };

  /// `keep`: octets in front of the place that is_behind() can look at.
  FooterPlace(Kind kind, std::size_t keep) : kind_(kind), keep_(keep) {}

  void feed(std::string_view text) override;
  void finish() override;

  std::uint64_t offset() const { return place_; }  // in the decoded text
  bool is_ascii() const { return ascii_; }         // the whole text is
  /// `footer` stands in front of the place already; blanks and line ends behind it, and CRs, don't count.
  bool is_behind(std::string_view footer) const;
  bool needs_break() const;      // plain: the last line has no line ending
  bool joins_next_line() const;  // plain: the last line ends in a blank, so format=flowed would join it with the next

 private:
  void look_for_end(std::size_t from);

  Kind kind_;
  std::size_t keep_;
  std::uint64_t seen_ = 0;
  std::string window_;       // the end of what was seen
  std::uint64_t place_ = 0;  // meaningful if rank_ > 0 or finished
  unsigned rank_ = 0;        // of the tag that place_ is in front of
  std::string before_;       // what stands in front of it
  bool ascii_ = true;
};

}  // namespace p3scan::mime
