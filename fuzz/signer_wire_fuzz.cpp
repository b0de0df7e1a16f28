// SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
#include <cstdlib>

#include "authority/certificate.h"
#include "authority/mint.h"
#include "authority/wire.h"

namespace {

using namespace p3scan::authority;

const Issuer& issuer() {
  static const auto kMade = make_ca({.name = "Fuzz", .permitted = {"example.com"}, .now = 1795000000});
  return *kMade;
}

/// Whatever was asked for: no CA, and no name outside the domain.
void check_leaf(const LeafFields& fields) {
  const auto der = mint(issuer(), fields, 1795000000);
  if (!der) return;
  const auto leaf = from_der(*der);
  if (!leaf || X509_check_ca(leaf.get()) != 0) std::abort();
  if (X509_verify(leaf.get(), issuer().key.get()) != 1) std::abort();
  const Constraints constraints(static_cast<NAME_CONSTRAINTS*>(
      X509_get_ext_d2i(issuer().certificate.get(), NID_name_constraints, nullptr, nullptr)));
  if (NAME_CONSTRAINTS_check(leaf.get(), constraints.get()) != X509_V_OK) std::abort();
}

}  // namespace

/// What is decoded is within the rules and encodes to the same octets.
// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes to text
  const std::string_view packet(reinterpret_cast<const char*>(data), size);
  if (const auto request = decode_request(packet)) {
    if (!check(request->fields) || encode_request(*request) != packet) std::abort();
    check_leaf(request->fields);
  }
  if (const auto answer = decode_answer(packet))
    if (encode_answer(*answer) != packet) std::abort();
  if (const auto greeting = decode_greeting(packet))
    if (encode_greeting(*greeting) != packet) std::abort();
  return 0;
}
