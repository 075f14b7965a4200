"""The site's own certificates: an authority made once, which phones are told to trust, and a server certificate from it.

They lie in ``tls/`` of the data directory: ``ca.key`` and ``server.key`` are their owner's alone to read. The authority may
vouch only for addresses of private networks and for the names that the site had when it was made (RFC 5280, 4.2.1.10), so
that a stolen key cannot pretend to be anybody else. A server certificate lasts 390 days (phones refuse more than 825) and
is made anew when it nears its end or the machine's addresses change; phones notice nothing of that.
"""

import contextlib
import fcntl
import ipaddress
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
SERVER_DAYS = 390
RENEW_DAYS = 30
BACKDATED = timedelta(days=1)  # a phone's clock may be slow
PRIVATE = tuple(
    ipaddress.ip_network(net)
    for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8")
) + tuple(ipaddress.ip_network(net) for net in ("fc00::/7", "fe80::/10", "::1/128"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutsideAuthority(ValueError):
    """A name or address for which the authority, as it was made, may not vouch."""

    def __init__(self, names: Iterable[str]) -> None:
        listed = ", ".join(sorted(names))
        super().__init__(
            f"已有的证书不能为这些名称作证:{listed}。移走数据目录里的 tls/ 再启动,每台手机要重新装一次证书 · "
            f"the authority may not vouch for these; move tls/ away to make a new one, which each phone must then trust"
        )


@dataclass(frozen=True)
class Files:
    """Where the certificates and keys lie."""

    authority: Path
    authority_key: Path
    server: Path
    server_key: Path


def files_in(data: Path) -> Files:
    """Return where the certificates of a data directory lie."""
    folder = data / "tls"
    return Files(folder / "ca.crt", folder / "ca.key", folder / "server.crt", folder / "server.key")


def ensure(
    data: Path, names: Iterable[str], found: Iterable[str] = (), now: datetime | None = None
) -> tuple[Files, bool]:
    """Make what is missing, near its end or for other names, and leave the rest. Returns whether the server's is new.

    Args:
        data: the data directory.
        names: host names and addresses under which the site must be reached.
        found: those that the machine has besides; one for which the existing authority may not vouch is left out.
        now: the time, for tests.

    Raises:
        OutsideAuthority: for one of ``names`` that the existing authority may not vouch for.
        ValueError: when the authority itself is at its end, or a name is no name.
    """
    moment = now or datetime.now(UTC)
    files = files_in(data)
    files.authority.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    asked, there = frozenset(name.lower() for name in names), frozenset(found)
    with (files.authority.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two servers may start at once
        if not files.authority.exists():
            _make_authority(files, asked | there, moment)
        authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
        if outside := _outside(authority, asked):
            raise OutsideAuthority(outside)
        wanted = asked | there - _outside(authority, there)
        if _is_good(files, authority, wanted, moment):
            return files, False
        _make_server(files, authority, wanted, moment)
    return files, True


def machine_names() -> frozenset[str]:
    """Return the names and addresses under which this machine may be reached, as far as it knows itself."""
    host = socket.gethostname().split(".")[0].lower()
    found = {"localhost", "127.0.0.1", "::1"}
    if _is_host(host):
        found |= {host, f"{host}.local"}
    for family, probe in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        found |= _route(family, probe)
    with contextlib.suppress(OSError):
        found |= {str(info[4][0]).partition("%")[0] for info in socket.getaddrinfo(socket.gethostname(), None)}
    return frozenset(found | _interfaces())


def fingerprint(path: Path) -> str:
    """Return the SHA-256 fingerprint of a certificate: two hexadecimal figures at a time, as phones show it."""
    return x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(hashes.SHA256()).hex(" ").upper()


def read_names(certificate: x509.Certificate) -> frozenset[str]:
    """Return the names and addresses that a certificate is for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(
        [*names.get_values_for_type(x509.DNSName), *(str(ip) for ip in names.get_values_for_type(x509.IPAddress))]
    )


def _route(family: socket.AddressFamily, probe: str) -> set[str]:
    with socket.socket(family, socket.SOCK_DGRAM) as sent:
        try:
            sent.connect((probe, 9))  # a documentation address: nothing is sent, the route names our side
            return {str(sent.getsockname()[0])}
        except OSError:
            return set()


def _interfaces() -> set[str]:
    """Return the IPv4 address of each network interface (netdevice(7): SIOCGIFADDR); none where the system has no such call."""
    found = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _number, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asked.fileno(), 0x8915, name.encode()[:15].ljust(40, b"\0"))
            except OSError:
                continue
            found.add(socket.inet_ntoa(answer[20:24]))
    return found


def _is_host(name: str) -> bool:
    parts = name.split(".")
    return len(name) <= 253 and all(
        0 < len(part) <= 63 and part.strip("-") == part and part.replace("-", "a").isalnum() and part.isascii()
        for part in parts
    )


def _address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _general(name: str) -> x509.GeneralName:
    address = _address(name)
    if address is not None:
        return x509.IPAddress(address)
    if not _is_host(name):
        raise ValueError(f"不是主机名或地址 · neither a host name nor an address: {name}")
    return x509.DNSName(name)


def _outside(authority: x509.Certificate, names: frozenset[str]) -> frozenset[str]:
    """Return the names for which the authority may not vouch."""
    allowed = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    networks = [one.value for one in allowed if isinstance(one, x509.IPAddress)]
    hosts = [one.value for one in allowed if isinstance(one, x509.DNSName)]

    def vouched(name: str) -> bool:
        address = _address(name)
        if address is not None:
            return any(address in net for net in networks if not isinstance(net, Address))
        return any(name == host or name.endswith(f".{host}") for host in hosts)

    return frozenset(name for name in names if not vouched(name))


def _is_good(files: Files, authority: x509.Certificate, names: frozenset[str], now: datetime) -> bool:
    """Return whether the server's certificate may stay: from this authority, for these names, and not near its end."""
    try:
        server = x509.load_pem_x509_certificate(files.server.read_bytes())
        key = serialization.load_pem_private_key(files.server_key.read_bytes(), None)
    except (OSError, ValueError):
        return False
    try:
        server.verify_directly_issued_by(authority)
    except Exception:  # whatever is wrong with it, a new one is made
        return False
    if key.public_key() != server.public_key():
        return False
    return read_names(server) == names and server.not_valid_after_utc - now > timedelta(days=RENEW_DAYS)


def _make_authority(files: Files, names: frozenset[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Yizhen {mark.digest.hex()[:6].upper()}")])
    addresses = [address for name in names if (address := _address(name)) is not None]
    beyond = [ipaddress.ip_network(one) for one in sorted(addresses, key=str) if not any(one in net for net in PRIVATE)]
    hosts = sorted(name for name in names if _address(name) is None)
    allowed = [*(_general(host) for host in hosts), *(x509.IPAddress(net) for net in (*PRIVATE, *beyond))]
    certificate = (
        _builder(subject, subject, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(mark, critical=False)
        .add_extension(x509.NameConstraints(allowed, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    _write(files.authority_key, _private(key), 0o600)
    _write(files.authority, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _make_server(files: Files, authority: x509.Certificate, names: frozenset[str], now: datetime) -> None:
    if authority.not_valid_after_utc - now <= timedelta(days=RENEW_DAYS):
        raise ValueError(
            f"本站的证书到期了，请移走后重新做 · the authority is at its end, move it away: {files.authority}"
        )
    signer = serialization.load_pem_private_key(files.authority_key.read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Yizhen")])
    days = min(SERVER_DAYS, (authority.not_valid_after_utc - now).days)
    certificate = (
        _builder(subject, authority.subject, key, now, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in sorted(names)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    _write(files.server_key, _private(key), 0o600)
    _write(files.server, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file whole or not at all, never readable by others for a moment."""
    new = path.with_suffix(f"{path.suffix}.new")
    new.unlink(missing_ok=True)
    with open(new, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
