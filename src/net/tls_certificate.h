// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <chrono>
#include <string>
#include <vector>

// The types of OpenSSL by their tags, so that its headers stay out of ours.
struct ssl_st;
struct x509_st;

namespace p3scan::net {

/// What a peer showed, taken apart into checked and bounded fields, so that whoever makes a certificate like it need not
/// parse one from the network. What does not fit the bounds or the checks is left out.
struct PeerCertificate {
  static constexpr std::size_t kMaxFields = 16;       // of the subject
  static constexpr std::size_t kMaxValue = 256;       // octets of a value
  static constexpr std::size_t kMaxNames = 256;       // of either kind
  static constexpr std::size_t kMaxChain = 16;        // certificates
  static constexpr std::size_t kMaxNameOctets = 253;  // RFC 1035 2.3.4, as text

  struct Field {
    std::string name;   // OpenSSL's short name: "CN", "O", "OU", "L", "ST", "C" ...
    std::string value;  // UTF-8 without control characters
    bool operator==(const Field&) const = default;
  };

  std::string fingerprint;             // SHA-256 of the leaf, 32 octets
  std::vector<std::string> chain;      // DER, as the peer sent it, the leaf first
  std::vector<Field> subject;          // in the order of the certificate
  std::vector<std::string> names;      // dNSName: letters, digits, "-", "_", "."; a leading "*." is possible. First
                                       // comes the one that the verified name matched.
  std::vector<std::string> addresses;  // iPAddress, as text
  std::chrono::sys_seconds not_before{};
  std::chrono::sys_seconds not_after{};
};

/// Of the peer of a session whose handshake is done; without chain when there is none.
PeerCertificate read_certificate(ssl_st* session);

/// The subject's (or else the issuer's) CN or, without one, its O; for people: printable ASCII, at most 64 octets.
std::string subject_text(const x509_st* certificate);
std::string issuer_text(const x509_st* certificate);
/// "2026-11-24"; empty when the certificate's time makes no sense.
std::string expiry_text(const x509_st* certificate);
/// Who it is for, of the names and addresses the first few; for people, too.
std::string names_text(const x509_st* certificate);

}  // namespace p3scan::net
