"""TLS: who is believed, who believes us, and a handshake that never ends."""

import datetime
import ipaddress
import json
import socket
import ssl
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.ministry.http import HttpMinistry
from portal.ministry.port import MinistryUnavailable, RequestState
from tests.ministry.raw_server import answer_with, http, raw_server, reset
from tests.ministry_server import application

KEY = "0a6b1f0e-6f1d-4d7e-9c57-3c1de0a5f9aa"
GOOD = http("200 OK", json.dumps({"key": KEY, "state": "processing", "album_number": "200001"}).encode())


class Authority:
    """A certificate authority of the test's own; everything it signs lies in `folder`."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._certificate = self._sign(name, self._key, authority=True)
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, address: str = "127.0.0.1") -> tuple[Path, Path]:
        """A certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(name, key, authority=False, address=address)
        files = self._folder / f"{name}.crt", self._folder / f"{name}.key"
        files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        files[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return files

    def serve(self, address: str = "127.0.0.1", *, asks_for: Path | None = None) -> ssl.SSLContext:
        """A server's side; with `asks_for`, clients need a certificate of that authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(f"server-{address}", address))
        if asks_for:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(asks_for)
        return context

    def _sign(
        self, name: str, key: ec.EllipticCurvePrivateKey, *, authority: bool, address: str = "127.0.0.1"
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        subject, issuer = (
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)]) for who in (name, self._name)
        )
        building = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if not authority:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
            building = building.add_extension(names, critical=False)
        return building.sign(self._key, hashes.SHA256())


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "authority")


def check_unavailable(connector: HttpMinistry, reason: str, *, alarm: bool) -> None:
    with pytest.raises(MinistryUnavailable) as unavailable:
        connector.submit(KEY, application())
    connector.close()
    assert (unavailable.value.reason, unavailable.value.alarm) == (reason, alarm)


def test_a_server_of_the_named_authority_is_believed(authority: Authority) -> None:
    with raw_server(answer_with(GOOD), authority.serve()) as server:
        connector = HttpMinistry(server.url, deadline=20, ca_file=authority.file)
        assert connector.submit(KEY, application()).state is RequestState.PROCESSING
        connector.close()


def test_a_server_nobody_vouches_for_is_not_told_anything(authority: Authority) -> None:
    with raw_server(answer_with(GOOD), authority.serve()) as server:
        check_unavailable(HttpMinistry(server.url, deadline=20), "tls", alarm=True)


def test_a_server_of_another_authority_is_not_told_anything(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path, "other")
    with raw_server(answer_with(GOOD), authority.serve()) as server:
        check_unavailable(HttpMinistry(server.url, deadline=20, ca_file=other.file), "tls", alarm=True)


def test_a_certificate_for_another_address_is_not_believed(authority: Authority) -> None:
    with raw_server(answer_with(GOOD), authority.serve("127.0.0.2")) as server:
        check_unavailable(HttpMinistry(server.url, deadline=20, ca_file=authority.file), "tls", alarm=True)


def test_our_own_certificate_opens_the_door(authority: Authority) -> None:
    certificate, key = authority.issue("university")
    with raw_server(answer_with(GOOD), authority.serve(asks_for=authority.file)) as server:
        connector = HttpMinistry(
            server.url, deadline=20, ca_file=authority.file, client_certificate=certificate, client_key=key
        )
        assert connector.submit(KEY, application()).state is RequestState.PROCESSING
        connector.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_refuses_our_certificate_has_not_taken_the_order(
    authority: Authority, version: ssl.TLSVersion
) -> None:
    serving = authority.serve(asks_for=authority.file)
    serving.maximum_version = version
    with raw_server(answer_with(GOOD), serving) as server:
        check_unavailable(HttpMinistry(server.url, deadline=20, ca_file=authority.file), "tls", alarm=True)


def test_a_server_without_tls_is_not_told_anything() -> None:
    with raw_server(lambda connection: connection.sendall(GOOD)) as server:
        check_unavailable(HttpMinistry(server.url.replace("http", "https"), deadline=20), "tls", alarm=True)


def test_a_handshake_that_is_broken_off_may_go_better_next_time() -> None:
    def greet_and_go(connection: socket.socket) -> None:
        connection.recv(1)
        reset(connection)

    with raw_server(greet_and_go) as server:
        check_unavailable(HttpMinistry(server.url.replace("http", "https"), deadline=20), "tls", alarm=False)


def test_a_handshake_that_never_ends_is_over_at_the_deadline() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"\x16\x03\x03\x20\x00")  # announces a record of 8 kB
        for _ in range(400):
            connection.sendall(b"\x00")
            time.sleep(0.05)

    with raw_server(drip) as server:
        begun = time.monotonic()
        check_unavailable(
            HttpMinistry(server.url.replace("http", "https"), deadline=0.4), "timeout_connecting", alarm=False
        )
        assert time.monotonic() - begun < 15


def test_an_encrypted_key_fails_at_the_start_instead_of_asking_for_a_password(
    authority: Authority, tmp_path: Path
) -> None:
    certificate, _ = authority.issue("university")
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(OSError):
        HttpMinistry(
            "https://ministry.example", deadline=1, client_certificate=certificate, client_key=locked
        )
