"""The site's certificates: what a phone checks of them, when they are made anew, and who may read them."""

import ipaddress
import os
import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from yizhen.config.tls import OutsideAuthority, ensure, files_in, fingerprint, machine_names, read_names

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
NAMES = ("localhost", "127.0.0.1", "192.168.1.20", "yizhen.example")


def made(data: Path, names=NAMES, now=NOW, found=()):
    return ensure(data, names, found, now)


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def shakes_hands(data: Path, name: str, authority: Path | None = None) -> None:
    """Serve one connection with the site's certificate, and connect as a phone that trusts the authority.

    Python's ssl checks as phones do: the chain, its dates, the name, and the authority's name constraints (OpenSSL).
    """
    files = files_in(data)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.server, files.server_key)
    client = ssl.create_default_context(cafile=str(authority or files.authority))
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            server.wrap_socket(ours, server_side=True).close()
        except OSError:
            ours.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        client.wrap_socket(theirs, server_hostname=name).close()
    finally:
        theirs.close()
        thread.join(timeout=10)


def signed(data: Path, name: str) -> None:
    """Put a server certificate for any name in place, signed with the authority's own key, as a thief of it could."""
    files = files_in(data)
    authority = certificate(files.authority)
    signer = serialization.load_pem_private_key(files.authority_key.read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    forged = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
        .sign(signer, hashes.SHA256())
    )
    files.server.write_bytes(forged.public_bytes(serialization.Encoding.PEM))
    files.server_key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@pytest.mark.parametrize("name", NAMES)
def test_phone_that_trusts_the_authority_trusts_each_name(tmp_path, name):
    made(tmp_path, now=None)

    shakes_hands(tmp_path, name)


def test_phone_refuses_another_name_and_another_authority(tmp_path):
    made(tmp_path, now=None)
    made(tmp_path / "other", now=None)

    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shakes_hands(tmp_path, "other.example")
    with pytest.raises(ssl.SSLCertVerificationError):
        shakes_hands(tmp_path, "localhost", files_in(tmp_path / "other").authority)


def test_stolen_authority_cannot_pretend_to_be_anybody_else(tmp_path):
    made(tmp_path, now=None)
    signed(tmp_path, "yizhen.example")
    shakes_hands(tmp_path, "yizhen.example")
    signed(tmp_path, "bank.example")

    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shakes_hands(tmp_path, "bank.example")


def test_certificates_say_what_phones_ask_for(tmp_path):
    files, new = made(tmp_path)
    authority, server = certificate(files.authority), certificate(files.server)

    assert new
    assert read_names(server) == set(NAMES)
    assert server.not_valid_after_utc - server.not_valid_before_utc == timedelta(days=391)  # iOS refuses over 825
    assert authority.not_valid_after_utc == NOW + timedelta(days=3650)
    assert server.not_valid_before_utc < NOW
    assert list(server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [
        ExtendedKeyUsageOID.SERVER_AUTH
    ]
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(
        ca=True, path_length=0
    )


def test_keys_are_their_owners_alone_to_read(tmp_path):
    old = os.umask(0)
    try:
        files, _new = made(tmp_path)
    finally:
        os.umask(old)

    modes = [
        stat.S_IMODE(path.stat().st_mode)
        for path in (files.authority_key, files.server_key, files.authority, files.server, files.authority.parent)
    ]
    assert modes == [0o600, 0o600, 0o644, 0o644, 0o700]
    assert list(files.authority.parent.glob("*.new")) == []


def test_everything_stays_while_it_is_good(tmp_path):
    files, _new = made(tmp_path)
    before = {path: path.read_bytes() for path in files.authority.parent.iterdir()}

    assert made(tmp_path, now=NOW + timedelta(days=359))[1] is False
    assert {path: path.read_bytes() for path in files.authority.parent.iterdir()} == before


@pytest.mark.parametrize(("names", "days"), [(NAMES, 361), (NAMES, 500), ((*NAMES, "192.168.1.21"), 1), (NAMES[:2], 1)])
def test_server_certificate_is_renewed_near_its_end_and_for_other_addresses(tmp_path, names, days):
    files, _new = made(tmp_path)
    authority, server = files.authority.read_bytes(), files.server.read_bytes()

    assert made(tmp_path, names, NOW + timedelta(days=days))[1] is True
    assert files.authority.read_bytes() == authority  # phones need nothing new
    assert files.server.read_bytes() != server
    assert read_names(certificate(files.server)) == set(names)
    certificate(files.server).verify_directly_issued_by(certificate(files.authority))


@pytest.mark.parametrize("broken", ["server.crt", "server.key"])
def test_broken_or_foreign_server_files_are_made_anew(tmp_path, broken):
    files, _new = made(tmp_path)
    made(tmp_path / "other")
    good = (files.authority.parent / broken).read_bytes()
    for content in (b"", (files_in(tmp_path / "other").authority.parent / broken).read_bytes()):
        (files.authority.parent / broken).write_bytes(content)
        assert made(tmp_path)[1] is True
    assert (files.authority.parent / broken).read_bytes() != good
    certificate(files.server).verify_directly_issued_by(certificate(files.authority))


def test_name_outside_the_authority_is_refused_with_the_cure_and_a_found_one_left_out(tmp_path):
    made(tmp_path)

    with pytest.raises(OutsideAuthority, match=r"new\.example.*tls/"):
        made(tmp_path, (*NAMES, "new.example"))
    files, _new = made(tmp_path, found=("new.example", "203.0.113.7", "10.9.8.7"))
    assert read_names(certificate(files.server)) == {*NAMES, "10.9.8.7"}


def test_public_address_of_the_first_day_is_vouched_for(tmp_path):
    files, _new = made(tmp_path, ("203.0.113.7",))

    allowed = certificate(files.authority).extensions.get_extension_for_class(x509.NameConstraints).value
    assert x509.IPAddress(ipaddress.ip_network("203.0.113.7/32")) in (allowed.permitted_subtrees or [])


@pytest.mark.parametrize("name", ["", "a b", "-x", "名称", "a..b", "x" * 64, "*.example"])
def test_what_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="neither a host name"):
        made(tmp_path, (name,))


def test_authority_at_its_end_is_told(tmp_path):
    made(tmp_path)

    with pytest.raises(ValueError, match="at its end"):
        made(tmp_path, now=NOW + timedelta(days=3640))


def test_machine_knows_itself():
    assert {"localhost", "127.0.0.1", "::1"} <= machine_names()


def test_fingerprint_is_the_hash_of_the_certificate(tmp_path):
    import hashlib

    files, _new = made(tmp_path)
    der = ssl.PEM_cert_to_DER_cert(files.authority.read_text())

    assert fingerprint(files.authority).replace(" ", "").lower() == hashlib.sha256(der).hexdigest()
