// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <array>
#include <string>
#include <string_view>

// Mails around the EICAR test file. It stands here in two parts, so that scanners of the sources stay quiet.
namespace p3scan::test {

inline std::string eicar() {
  return std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-") + "ANTIVIRUS-TEST-FILE!$H+H*";
}

inline std::string base64(std::string_view octets) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const auto octet = [&](std::size_t at) { return at < octets.size() ? static_cast<unsigned char>(octets[at]) : 0U; };
    const unsigned three = octet(i) << 16U | octet(i + 1) << 8U | octet(i + 2);
    for (unsigned digit = 0; digit < 4; ++digit)
      out += i + digit <= octets.size() ? kDigits[three >> (18 - 6 * digit) & 63U] : '=';
    if ((i / 3 + 1) % 19 == 0) out += "\r\n";
  }
  return out + "\r\n";
}

constexpr std::string_view kHead = "From: a@example.org\r\nTo: b@example.org\r\nSubject: test\r\n";

inline std::string clean_mail() { return std::string(kHead) + "\r\nNothing here.\r\n"; }

/// A multipart mail with one attachment in base64.
inline std::string mail_with(std::string_view attachment_in_base64, std::string_view head = kHead) {
  return std::string(head) +
         "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
         "See the attachment.\r\n--b\r\nContent-Type: application/octet-stream; name=a.bin\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n" +
         std::string(attachment_in_base64) + "--b--\r\n";
}

/// The test file in a zip archive, plain and encrypted.
constexpr std::string_view kZip =
    "UEsDBBQAAAAIAAAAIVA8z1FoRgAAAEQAAAAFAAAAZS5jb22LMPVXDFB1cAyINokJiIowNdEIiNM0d3bW\r\n"
    "NK9VcfV0dgzSDQ5x9HNxDHLRdfQL8QzzDAoN1g1xDQ7RdfP0cVVU8dD20AIAUEsBAhQDFAAAAAgAAAAh\r\n"
    "UDzPUWhGAAAARAAAAAUAAAAAAAAAAAAAAIABAAAAAGUuY29tUEsFBgAAAAABAAEAMwAAAGkAAAAAAA==\r\n";
constexpr std::string_view kEncryptedZip =
    "UEsDBAoACQAAAIJCeF08z1FoUAAAAEQAAAAJABwAZWljYXIuY29tVVQJAAO0SAVrtEgFa3V4CwABBAAA\r\n"
    "AAAEAAAAAAXKw1co0s9lSGtCcAX2NDWgYzhJOuEyGObT9j5veIyAfnNQJHpOfpMwJd1c18Evux6IKvaJ\r\n"
    "nY3RGLkB3Cez0XPnVV03i9FUknMHlWlQSimGUEsHCDzPUWhQAAAARAAAAFBLAQIeAwoACQAAAIJCeF08\r\n"
    "z1FoUAAAAEQAAAAJABgAAAAAAAEAAACkgQAAAABlaWNhci5jb21VVAUAA7RIBWt1eAsAAQQAAAAABAAA\r\n"
    "AABQSwUGAAAAAAEAAQBPAAAAowAAAAAA\r\n";

}  // namespace p3scan::test
