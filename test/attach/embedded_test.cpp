// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include "attach/embedded.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace p3scan::attach {
namespace {

/// Writes down what it is told, and what would be left of the text if the files were cut out.
class Recorder final : public EmbeddedHandler {
 public:
  explicit Recorder(std::string_view whole) : text(whole) {}
  void on_file(const Embedded& file) override {
    files += "[" + file.name + "|" + file.start + "]";
    EXPECT_EQ(text.substr(file.name_offset, file.name.size()), file.name);
    cut(file.offset, file.length);
  }
  void on_line(std::uint64_t offset, std::string_view line) override {
    EXPECT_EQ(text.substr(offset, line.size()), line);
    cut(offset, line.size());
  }
  void on_end(std::uint64_t offset) override {
    EXPECT_GE(offset, done);
    ++ended;
  }
  void cut(std::uint64_t offset, std::uint64_t length) {
    EXPECT_GE(offset, done);
    left += text.substr(done, offset - done);
    done = offset + length;
    EXPECT_LE(done, text.size());
  }
  std::string finish() { return left + std::string(text.substr(done)); }

  std::string_view text;
  std::string files;
  std::string left;
  std::uint64_t done = 0;
  int ended = 0;
};

struct Row {
  std::string text;
  std::string files;
  std::string left;
};

const std::vector<Row>& rows() {
  const std::string uu = "#0V%T\n`\nend\n";  // "Cat"
  static const std::vector<Row> all = {
      {"hi\nbegin 644 cat.exe\n" + uu + "bye\n", "[cat.exe|Cat]", "hi\nbye\n"},
      {"begin 644 cat.exe\r\n#0V%T\r\n`\r\nend\r\nbye", "[cat.exe|Cat]", "bye"},
      {"begin 0644 a b.exe \n" + uu, "[a b.exe|Cat]", ""},
      {"begin  644  x\n" + uu, "[x|Cat]", ""},
      {"BEGIN 644 x\n" + uu, "[x|Cat]", ""},
      {"begin 644 x\n" + uu + "begin 644 y\n" + uu, "[x|Cat][y|Cat]", ""},
      {"begin 644 x\nbegin 644 y\n" + uu, "[x|][y|Cat]", ""},
      {"begin 644 x\n#0V%T\nno content\nend\n", "[x|Cat]", "no content\nend\n"},
      {"begin 644 x\nplain text\n", "[x|]", "plain text\n"},
      {"begin 644 x", "[x|]", ""},
      {"begin 644 x\n", "[x|]", ""},
      {"begin 644 x\n#0V%T", "[x|Cat]", ""},
      {"begin 644 x\n\nmore\n", "[x|]", "\nmore\n"},
      {"begin 644 x\nend\n", "[x|]", ""},
      {"begin 64 x\n" + uu, "", "begin 64 x\n" + uu},
      {"begin 689 x\n" + uu, "", "begin 689 x\n" + uu},
      {"begin 644\n" + uu, "", "begin 644\n" + uu},
      {"begin the day\n", "", "begin the day\n"},
      {"begin644 x\n", "", "begin644 x\n"},
      {" begin 644 x\n", "", " begin 644 x\n"},
      {"begin-base64 644 x.scr\nQ2F0\n====\nbye\n", "[x.scr|Cat]", "bye\n"},
      {"begin-base64 644 x.scr\nnot base64\n", "[x.scr|]", "not base64\n"},
      {"begin-base64 x.scr\n", "", "begin-base64 x.scr\n"},
      {"=ybegin line=128 size=3 name=c at.exe\nm\x8b\x9e\n=yend size=3\nbye\n", "[c at.exe|Cat]", "bye\n"},
      {"=ybegin part=1 line=128 size=3 name=x\n=ypart begin=1 end=3\nm\x8b\x9e\n=yend\nbye\n", "[x|]", "bye\n"},
      {"=ybegin line=128\n", "", "=ybegin line=128\n"},
      {"=ybegin name=x\n=}\n=yend\n", "[x|\x13]", ""},
      {"begin 644 " + std::string(5000, 'n') + "\nrest\n", "[" + std::string(4086, 'n') + "|]",
       std::string(914, 'n') + "\nrest\n"},
      {std::string(10'000, 'x') + "\nbegin 644 x\n" + uu, "[x|Cat]", std::string(10'000, 'x') + "\n"},
      {std::string(4096, 'x') + "begin 644 x\n" + uu, "", std::string(4096, 'x') + "begin 644 x\n" + uu},
      {"=ybegin name=x\n" + std::string(10'000, 'x') + "\n=yend\nbye", "[x|" + std::string(4096, 'N') + "]", "bye"},
      {"", "", ""},
  };
  return all;
}

TEST(EmbeddedFiles, FindsFilesInTexts) {
  for (const auto& row : rows()) {
    for (const std::size_t chunk : {row.text.size() + 1, std::size_t{1}, std::size_t{3}}) {
      Recorder recorder(row.text);
      EmbeddedFiles files(recorder);
      for (std::size_t at = 0; at < row.text.size(); at += chunk) {
        const auto settled = files.settled();
        files.feed(std::string_view(row.text).substr(at, chunk));
        EXPECT_LE(recorder.done, files.settled());
        EXPECT_LE(settled, files.settled());
      }
      files.finish();
      EXPECT_EQ(recorder.ended, std::ranges::count(row.files, '['));
      EXPECT_EQ(recorder.files, row.files) << row.text.substr(0, 100) << " by " << chunk;
      EXPECT_EQ(recorder.finish(), row.left) << row.text.substr(0, 100) << " by " << chunk;
    }
  }
}

TEST(EmbeddedFiles, DecodesALine) {
  EXPECT_EQ(uudecoded_line("#0V%T"), "Cat");
  EXPECT_EQ(uudecoded_line("#0V%T extra"), "Cat");
  EXPECT_EQ(uudecoded_line("\"0V$"), "Ca");
  EXPECT_EQ(uudecoded_line("`"), "");
  EXPECT_EQ(uudecoded_line(""), "");
  EXPECT_EQ(uudecoded_line("M"), std::string(45, '\0'));
}

}  // namespace
}  // namespace p3scan::attach
