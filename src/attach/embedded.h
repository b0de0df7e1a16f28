// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace p3scan::attach {

/// A file that is written into a text: uuencoded ("begin 644 NAME", POSIX), "begin-base64 644 NAME", or yEnc
/// ("=ybegin ... name=NAME"). Offsets count from the beginning of the text.
struct Embedded {
  std::uint64_t offset = 0;       // of its first line
  std::uint64_t length = 0;       // of that line with its line ending, as far as it is held (4 KiB)
  std::uint64_t name_offset = 0;  // of the name
  std::string name;               // as written, without blanks around it
  std::string start;              // its first octets, from the line that follows
};

/// Is told of files in a text.
class EmbeddedHandler {
 public:
  EmbeddedHandler() = default;
  EmbeddedHandler(const EmbeddedHandler&) = delete;
  EmbeddedHandler& operator=(const EmbeddedHandler&) = delete;
  EmbeddedHandler(EmbeddedHandler&&) = delete;
  EmbeddedHandler& operator=(EmbeddedHandler&&) = delete;
  virtual ~EmbeddedHandler() = default;

  virtual void on_file(const Embedded& file) = 0;
  /// A line behind the first one that belongs to the file, or what follows of a line of more than 4 KiB. `text` is
  /// there during the call.
  virtual void on_line(std::uint64_t offset, std::string_view text) = 0;
  /// The file is over. `offset` is where the text goes on, seldom behind a rest of its first line.
  virtual void on_end(std::uint64_t offset) = 0;
};

/// Finds such files in a text that comes in pieces. Lines end in LF or CRLF. A file ends with its end line, or in front
/// of a line that can't be its content: without a first line nobody decodes what follows. At most 4 KiB of a line and
/// one first line are held.
class EmbeddedFiles {
 public:
  explicit EmbeddedFiles(EmbeddedHandler& handler) : handler_(handler) {}

  void feed(std::string_view text);
  void finish();

  /// Nothing in front of this offset will be reported.
  std::uint64_t settled() const;

 private:
  enum class Form { none, uu, base64, yenc };

  void take_line(std::string_view line);
  void begin_file(std::string_view line);
  void end_file();
  bool is_content(std::string_view line) const;
  bool is_end(std::string_view line) const;
  std::string decoded(std::string_view line) const;
  static Form form_of(std::string_view line, std::size_t& name_at);

  EmbeddedHandler& handler_;
  std::string line_;  // that has not ended
  std::uint64_t line_offset_ = 0;
  bool long_line_ = false;     // its first 4 KiB are taken
  Form form_ = Form::none;     // of the file we are in
  bool long_content_ = false;  // the rest of a long line belongs to the file
  bool announced_ = false;     // on_file() was called
  bool ended_ = false;         // this was its last line
  Embedded file_;
};

/// The octets of one line of uuencoded text.
std::string uudecoded_line(std::string_view line);

}  // namespace p3scan::attach
