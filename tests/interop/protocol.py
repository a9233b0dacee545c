"""A second implementation of docs/protocol.md, written from that page.

It shares no code with the Rust one and uses only cbor2, zstandard, pyhpke and
cryptography. `protocol.py check VECTORS DICTIONARY` opens every frozen
structure; `protocol.py seal VECTORS DICTIONARY` prints an envelope, in
hexadecimal, that the Rust tests must open.
"""

import base64
import hashlib
import hmac
import json
import os
import struct
import sys

import cbor2
import zstandard
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

HEADER_BYTES, TAG_BYTES, LENGTH_BYTES = 44, 16, 4
KEY_BYTES = {1: 32, 2: 24, 3: 24}
SUITE_OF_ROUTE = {1: 1, 2: 2, 3: 2}
REPORT, ANSWER, LOCKER = 1, 2, 3
HPKE = CipherSuite.new(
    KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.CHACHA20_POLY1305
)


class Refused(Exception):
    """Bytes that the protocol does not allow."""


def digest(label, *parts):
    return hashlib.sha256(label.encode() + b"".join(parts)).digest()


def derive(secret, label, length):
    return HKDF(hashes.SHA256(), length, b"loive/1", label.encode()).derive(secret)


def mac(key, label, *parts):
    return hmac.new(key, label.encode() + b"".join(parts), hashlib.sha256).digest()


def decode(data):
    """CBOR in its one form."""
    value = cbor2.loads(data)
    if cbor2.dumps(value) != data:
        raise Refused("not canonical")
    return value


def bucket(length):
    for size in (384, 512, 1024, 2048, 4096):
        if length <= size:
            return size
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def overhead(route):
    return HEADER_BYTES + KEY_BYTES[route] + TAG_BYTES + LENGTH_BYTES


def pad(content, route):
    room = bucket(len(content) + overhead(route)) - overhead(route)
    return struct.pack(">I", len(content)) + content + bytes(room - len(content))


def unpad(padded, route):
    (length,) = struct.unpack(">I", padded[:LENGTH_BYTES])
    content, padding = padded[4 : 4 + length], padded[4 + length :]
    if len(content) != length or any(padding):
        raise Refused("padding")
    if bucket(length + overhead(route)) != len(padded) - LENGTH_BYTES + overhead(route):
        raise Refused("bucket")
    return content


def parse(envelope):
    version, suite, route, dictionary = envelope[:4]
    if version != 1 or SUITE_OF_ROUTE.get(route) != suite or dictionary not in (0, 1):
        raise Refused("header")
    if bucket(len(envelope)) != len(envelope) or len(envelope) > 65536:
        raise Refused("length")
    split = HEADER_BYTES + KEY_BYTES[route]
    return envelope[:HEADER_BYTES], envelope[HEADER_BYTES:split], envelope[split:]


def hchacha20(key, nonce16):
    """The core of XChaCha20 (draft-irtf-cfrg-xchacha, §2.2)."""

    def rotate(value, by):
        return ((value << by) | (value >> (32 - by))) & 0xFFFFFFFF

    state = list(struct.unpack("<4I", b"expand 32-byte k"))
    state += struct.unpack("<8I", key) + struct.unpack("<4I", nonce16)

    def quarter(a, b, c, d):
        for first, second, third, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            state[first] = (state[first] + state[second]) & 0xFFFFFFFF
            state[third] = rotate(state[third] ^ state[first], by)

    for _ in range(10):
        for column in range(4):
            quarter(column, column + 4, column + 8, column + 12)
        for diagonal in range(4):
            quarter(
                diagonal,
                4 + (diagonal + 1) % 4,
                8 + (diagonal + 2) % 4,
                12 + (diagonal + 3) % 4,
            )
    return struct.pack("<8I", *state[:4], *state[12:])


def xchacha(key, nonce):
    return ChaCha20Poly1305(hchacha20(key, nonce[:16])), bytes(4) + nonce[16:]


class Peer:
    """Everything that a peer needs: the dictionary and the root's public key."""

    def __init__(self, dictionary, root):
        self.dictionary = zstandard.ZstdCompressionDict(dictionary)
        self.root = root

    def inflate(self, data, number):
        known = self.dictionary if number == 1 else None
        return zstandard.ZstdDecompressor(dict_data=known).decompress(data, max_output_size=131072)

    def deflate(self, data):
        return zstandard.ZstdCompressor(
            level=19, dict_data=self.dictionary, write_dict_id=False, write_checksum=False
        ).compress(data)

    def inbox(self):
        return digest("loive/1 inbox", self.root)

    def mailbox(self, shard):
        return digest("loive/1 mailbox", self.root, bytes([shard]))

    def check_certificate(self, data):
        certificate = decode(data)
        body = cbor2.dumps(certificate[0])
        Ed25519PublicKey.from_public_bytes(self.root).verify(
            certificate[1], b"loive/1 certificate" + body
        )
        return certificate[0]

    def open_report(self, envelope, private, seed_of):
        header, encapsulated, ciphertext = parse(envelope)
        if header[2] != REPORT or header[12:] != self.inbox():
            raise Refused("address")
        key = KEMKey.from_pyca_cryptography_key(X25519PrivateKey.from_private_bytes(private))
        opener = HPKE.create_recipient_context(encapsulated, key, info=b"loive/1 report")
        content = decode(unpad(opener.open(ciphertext, aad=header), REPORT))
        if set(content) == {0, 3}:
            seed = content[0]
            report = derive(seed, "report id", 16)
        elif set(content) == {1, 2, 3}:
            report = content[1]
            seed = seed_of(report)
            expected = mac(
                derive(seed, "report mac key", 32),
                "loive/1 report mac",
                header,
                report,
                content[3],
            )
            if not hmac.compare_digest(expected, content[2]):
                raise Refused("mac")
        else:
            raise Refused("proof")
        return report, seed, decode(self.inflate(content[3], header[3]))

    def seal_report(self, batch, seed, certificate):
        body = self.check_certificate(certificate)
        key_id = digest("loive/1 key id", bytes([body[1]]), body[4])[:8]
        header = bytes([1, 1, REPORT, 1]) + key_id + self.inbox()
        content = cbor2.dumps({0: seed, 3: self.deflate(cbor2.dumps(batch))})
        public = KEMKey.from_pyca_cryptography_key(X25519PublicKey.from_public_bytes(body[4]))
        encapsulated, sealer = HPKE.create_sender_context(public, info=b"loive/1 report")
        return header + encapsulated + sealer.seal(pad(content, REPORT), aad=header)

    def open_answer(self, envelope, seed, certificates):
        header, nonce, ciphertext = parse(envelope)
        report = derive(seed, "report id", 16)
        shard = derive(seed, "mailbox shard", 1)[0] % 16
        tag = mac(derive(seed, "answer tag key", 32), "loive/1 answer tag", nonce)[:8]
        if header[2] != ANSWER or header[12:] != self.mailbox(shard) or header[4:12] != tag:
            raise Refused("not ours")
        cipher, short = xchacha(derive(seed, "answer key", 32), nonce)
        content = decode(unpad(cipher.decrypt(short, ciphertext, header + report), ANSWER))
        bodies = [self.check_certificate(certificate) for certificate in certificates]
        (body,) = [
            body
            for body in bodies
            if body[1] == 2 and digest("loive/1 key id", b"\x02", body[4])[:8] == content[0]
        ]
        Ed25519PublicKey.from_public_bytes(body[4]).verify(
            content[1], b"loive/1 answer" + header + report + content[2]
        )
        return decode(self.inflate(content[2], header[3]))

    def unlock(self, numbers):
        digits = "".join(c for c in "".join(numbers) if c.isdigit()).encode()
        secret = Argon2id(
            salt=b"loive/1 receipt " + self.root,
            length=32,
            iterations=6,
            lanes=1,
            memory_cost=65536,
        ).derive(digits)
        names = ("locker address", "locker key", "locker erase token")
        return [derive(secret, name, 32) for name in names]

    def open_locker(self, envelope, address, key):
        header, nonce, ciphertext = parse(envelope)
        if header[2] != LOCKER or header[12:] != address:
            raise Refused("address")
        cipher, short = xchacha(key, nonce)
        return decode(unpad(cipher.decrypt(short, ciphertext, header), LOCKER))[1]


def check(vectors, dictionary):
    keys, seals, receipt = vectors["keys"], vectors["seals"], vectors["receipt"]
    raw = bytes.fromhex
    seed, peer = raw(vectors["seed"]), Peer(dictionary, raw(keys["root_public"]))
    certificates = [raw(keys["seal_certificate"]), raw(keys["sign_certificate"])]
    assert hashlib.sha256(dictionary).hexdigest() == vectors["dictionary_1_sha256"]
    assert derive(seed, "first actor", 16).hex() == vectors["first_actor"]
    assert peer.inbox().hex() == keys["inbox"]
    assert [peer.mailbox(shard).hex() for shard in range(16)] == keys["mailboxes"]
    assert (
        digest("loive/1 certificates", *sorted(certificates))[:8].hex()
        == keys["certificates_fingerprint"]
    )

    first = raw(seals["first_envelope"])
    assert hashlib.sha256(first).hexdigest() == seals["first_envelope_id"]
    report, found, batch = peer.open_report(first, raw(keys["seal_private"]), None)
    assert found == seed and report.hex() == vectors["report_id"]
    assert cbor2.dumps(batch) == raw(seals["first_batch"])
    assert batch[2][0][1].decode() == vectors["text"]
    later = raw(seals["later_envelope"])
    report, _, batch = peer.open_report(later, raw(keys["seal_private"]), lambda _: seed)
    assert cbor2.dumps(batch) == raw(seals["later_batch"])
    for at in range(len(later)):
        broken = later[:at] + bytes([later[at] ^ 1]) + later[at + 1 :]
        try:
            peer.open_report(broken, raw(keys["seal_private"]), lambda _: seed)
        except Exception:  # noqa: BLE001 - every library has its own
            continue
        raise AssertionError(f"byte {at} is not authenticated")

    answer = peer.open_answer(raw(seals["answer_envelope"]), seed, certificates)
    assert cbor2.dumps(answer) == raw(seals["answer_batch"])
    address, key, token = peer.unlock(receipt["numbers"])
    assert address.hex() == receipt["locker_address"]
    assert token.hex() == receipt["erase_token"]
    assert digest("loive/1 locker erase", token).hex() == receipt["erase_hash"]
    assert peer.open_locker(raw(receipt["locker"]), address, key) == seed

    messages = vectors["messages"]
    for name in ("sync_request", "sync_response_empty", "desk_request"):
        decode(raw(messages[name]))
    signed = decode(raw(messages["desk_request"]))
    Ed25519PublicKey.from_public_bytes(signed[2][0][4]).verify(
        signed[3], b"loive/1 desk request" + signed[1]
    )
    encoded = messages["card"].removeprefix("loive-hotline-1:")
    card = decode(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    assert card[1] == peer.root and sorted(map(cbor2.dumps, card[4])) == sorted(certificates)
    signer = Ed25519PrivateKey.from_private_bytes(raw(keys["sign_private"]))
    assert signer.public_key().public_bytes_raw().hex() == keys["sign_public"]
    print("every frozen structure opened")


def seal(vectors, dictionary):
    keys = vectors["keys"]
    peer = Peer(dictionary, bytes.fromhex(keys["root_public"]))
    batch = {0: 1, 1: 1790000000, 2: [[1, "Viết bằng Python".encode(), bytes(8)]]}
    envelope = peer.seal_report(batch, os.urandom(32), bytes.fromhex(keys["seal_certificate"]))
    print(envelope.hex())


if __name__ == "__main__":
    command, vectors_path, dictionary_path = sys.argv[1:]
    with open(vectors_path, encoding="utf-8") as file:
        loaded = json.load(file)
    with open(dictionary_path, "rb") as file:
        loaded_dictionary = file.read()
    {"check": check, "seal": seal}[command](loaded, loaded_dictionary)
