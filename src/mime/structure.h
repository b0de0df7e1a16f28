// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mime/transfer.h"

namespace p3scan::mime {

/// Why an edit would do harm (a signature no longer holds, a ciphertext no longer opens).
enum class Seal : std::uint8_t {
  none,
  signed_parts,     // multipart/signed (RFC 1847)
  encrypted_parts,  // multipart/encrypted (RFC 1847)
  smime,            // application/pkcs7-mime (RFC 8551)
  pgp_text,         // text/plain that begins with the armour of a PGP message or signed text (RFC 9580)
};

/// One part of a message. Offsets count from the first octet of the message.
struct Part {
  static constexpr std::size_t kNoParent = static_cast<std::size_t>(-1);

  std::size_t parent = kNoParent;  // index in Structure::parts, smaller than its own
  std::size_t depth = 0;           // of the message itself 0
  std::uint64_t begin = 0;         // first octet of the header
  std::uint64_t body = 0;          // first octet behind the empty line that ends the header
  std::uint64_t end = 0;  // behind the last octet: the line ending of a delimiter line belongs to the delimiter

  std::string type;                // "text/html": lower case, types.front()
  std::vector<std::string> types;  // every plausible one, at least one, the one most programs use first
  std::string charset;             // lower case; empty if none is given
  Encoding encoding = Encoding::identity;
  std::vector<Encoding> encodings;      // every plausible one, at least one; `encoding` is the first
  std::vector<std::string> boundaries;  // of a multipart: every plausible one
  std::string disposition;              // "attachment", "inline", ...: lower case; empty if none is given
  std::string content_id;               // without the angle brackets
  std::vector<std::string> names;  // every plausible file name: UTF-8, one line (see parameter.h); may hold blanks,
                                   // directories, bidirectional controls. Of one beyond 1 KiB the end
  bool is_leaf = true;             // no parts inside: body is content
  bool is_attachment = false;      // the disposition is given and is not inline
  bool is_ambiguous = false;       // programs differ about its type, encoding, boundary, or where its header ends
  Seal seal = Seal::none;          // its own, or of the part around it that the signature or encryption covers

  std::string_view header_of(std::string_view message) const { return message.substr(begin, body - begin); }
  std::string_view body_of(std::string_view message) const { return message.substr(body, end - body); }
  bool has_type(std::string_view wanted) const;  // one of `types` is `wanted`, or begins with it if it ends in '/'
};

/// Limits of what is read; a message beyond one is nothing that people write.
struct StructureLimits {
  std::size_t parts = 1000;
  std::size_t depth = 30;
  std::size_t header = std::size_t{256} * 1024;  // octets of one part's header
  std::size_t parameters = 100;                  // of one part
  std::size_t names = 20;                        // of one part
};

struct Structure {
  std::vector<Part> parts;  // in the order of `begin`; the first one is the message itself, always there
  Seal seal =
      Seal::none;  // the first one found. Only the parts that have it are covered: decide by Part::seal whether an
                   // edit does harm, else a signed text smuggles anything beside it
  bool over_limit = false;                // there is more than `parts` shows: the message is not to be taken for known
  std::string_view why;                   // the limit, in words for the log
  std::string_view line_ending = "\r\n";  // of the first line
};

/// Finds the parts of a message (RFC 2045, 2046), all of which is given. Never fails, linear time. Lenient, as mail
/// programs are: lines end in CRLF or LF (and where that shows more, in CR); a missing empty line, end of header, end
/// boundary or MIME-Version does not matter; parts behind an end boundary are parts. A message inside (message/rfc822)
/// is read too unless it is encoded.
Structure read_structure(std::string_view message, const StructureLimits& limits = {});

}  // namespace p3scan::mime
