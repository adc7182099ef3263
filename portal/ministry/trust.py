"""Whom the connector talks to: an address it may use, and the certificates that prove both sides."""

import ipaddress
import ssl
from pathlib import Path
from urllib.parse import urlsplit

import truststore


def check_address(url: str) -> str:
    """The address, no slash at its end. Raises `ValueError` for one that would send secrets in clear."""
    parts = urlsplit(url)
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host or not url.isascii():
        raise ValueError("the ministry's address must begin with https:// and be ASCII")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("the ministry's address must hold no user name, query or fragment")
    if parts.scheme == "http" and not _is_this_machine(host):
        raise ValueError("the ministry's address must be https, unless it is this very machine")
    return url.rstrip("/")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def trusted(ca_file: Path | None, certificate: Path | None, key: Path | None) -> ssl.SSLContext:
    """Whom to believe: `ca_file` alone, or whom the system believes. Raises `OSError` for unreadable files."""
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file:
        context = ssl.create_default_context(cafile=ca_file)
    if certificate:
        context.load_cert_chain(certificate, key, password="")  # an encrypted key fails instead of prompting
    return context
