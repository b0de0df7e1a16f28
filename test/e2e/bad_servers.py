# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Servers with every flaw that their certificate or their TLS can have, each by one name."""
import ssl

from certificates import LONG_AGO, Authority, Stapled

NAME = "mail.example.test"
GOOD = "good"
# What the log must say of it, and whether a handshake is possible at all for somebody who wants no less than TLS 1.2, RSA
# of 2048 bits and SHA-256.
FLAWS = {
    "expired": r"expired",
    "wrong host": r"host|name",
    "self-signed": r"self.signed|issuer|root|trust",
    "untrusted root": r"issuer|root|trust|self.signed",
    "revoked by a list": r"revoked",
    "revoked by a staple": r"revoked",
    "SHA-1": r"(?i:digest|sha-?1|weak|signature)",
    "RSA of 1024 bits": r"(?i:key|1024|weak|small)",
    "TLS 1.0": r"(?i:version|protocol)",
    "missing intermediate": r"issuer|chain",
}
NEVER_MIRRORED = ("TLS 1.0",)       # there is no certificate to look at


class BadServers:
    """Contexts for server sockets. `roots` and `crls`: for the gateway."""

    def __init__(self):
        self.authority = Authority()
        self.stranger = Authority("P3Scan test stranger")
        self.roots = self.authority.root
        revoked = self.authority.issue(NAME, key="rsa2048")
        self.authority.revoke(revoked)
        stapled = self.authority.issue(NAME, "stapled.test")
        self._contexts = {
            GOOD: self.authority.issue(NAME, issuer=self.authority.intermediate()).context(),
            "expired": self.authority.issue(NAME, dates=LONG_AGO).context(),
            "wrong host": self.authority.issue("other.example.test").context(),
            "self-signed": self.authority.self_signed(NAME).context(),
            "untrusted root": self.stranger.issue(NAME).context(),
            "revoked by a list": revoked.context(),
            "SHA-1": self.authority.issue(NAME, digest="sha1").context(),
            "RSA of 1024 bits": self.authority.issue(NAME, key="rsa1024").context(),
            "TLS 1.0": self.authority.issue(NAME).context(),
            "missing intermediate": self._without_intermediate(),
        }
        self._contexts["TLS 1.0"].maximum_version = ssl.TLSVersion.TLSv1
        self.crls = self.authority.directory / "crls.pem"
        self.crls.write_bytes(self.authority.revocation_list().read_bytes())
        self.authority.revoke(stapled)          # the list knows nothing of it
        self._contexts["revoked by a staple"] = Stapled(stapled, self.authority.staple(stapled))

    def _without_intermediate(self):
        certificate = self.authority.issue(NAME, key="rsa2048", issuer=self.authority.intermediate())
        certificate.above = ()
        return certificate.context()

    def context(self, flaw):
        return self._contexts[flaw]

    def close(self):
        self.authority.close()
        self.stranger.close()
