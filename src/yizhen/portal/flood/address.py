"""Where a request comes from, as far as anybody may be believed about it."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Any


def client_address(meta: Mapping[str, Any], trusted: Sequence[str]) -> str:
    """Return the address of whoever asks.

    ``X-Forwarded-For`` can be written by anybody: it is read only when the request comes from a proxy that the site
    names, from its end, up to the first address that is none of these.
    """
    address = str(meta.get("REMOTE_ADDR", ""))
    if not trusted:
        return address
    for told in reversed([each.strip() for each in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",")]):
        if not told or not _is_one_of(address, trusted):
            break
        address = _bare(told)
    return address


def _bare(told: str) -> str:
    """Return an address without the port and the brackets that some proxies write: else all behind them were one."""
    if told.startswith("["):
        return told[1:].partition("]")[0]
    return told.partition(":")[0] if told.count(":") == 1 else told


def _is_one_of(address: str, networks: Sequence[str]) -> bool:
    try:
        ip = ip_address(address)
        return any(ip in ip_network(each, strict=False) for each in networks)
    except ValueError:
        return False
