"""The portal on one server: `app` for any WSGI server, and `python app.py`, which serves pages and runs jobs.

The launcher imports the standard library only. It
1. locks the instance, so that two launchers never share one;
2. holds the ports against other launchers and checks that they are free: the web binds its own only once the
   instance is prepared, and another portal's answer must not pass for it;
3. starts the web (`python -m portal`, which first prepares the instance), in a demonstration before it the
   sandbox, and once the web answers, the jobs;
4. starts again whatever ends by itself, and stops everything on SIGTERM or Ctrl-C.
The kernel ends every part when the launcher dies, even by `kill -9`.
"""

import argparse
import contextlib
import fcntl
import os
import runpy
import secrets
import signal
import socket
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from launcher import Part, end_with_parent, ended_before, keep, stop, take_signals

ROOT = Path(__file__).resolve().parent


def __getattr__(name: str) -> object:
    """`app`: the application of the instance that PORTAL_INSTANCE names, made when a server asks for it."""
    if name != "app":
        raise AttributeError(name)
    named = os.environ.get("PORTAL_INSTANCE")
    instance = Path(named).resolve() if named else None
    reason = "Ustaw PORTAL_INSTANCE: katalog ustawień, kluczy i danych portalu."
    if instance is not None:
        from portal.preparation import NotReady, open_prepared

        try:
            return open_prepared(instance)
        except NotReady as why:
            reason = str(why)
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":  # help, and `flask portal check`, which says more
        from portal.cli_unready import unready_app

        return unready_app(instance, reason)
    sys.exit(reason)


class Refused(Exception):
    """The portal cannot start; the message tells the administrator why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the portal until it is stopped; the exit code: 0 stopped as asked, 2 refused to start."""
    asked = parse(arguments)
    instance: Path = (asked.instance or ROOT / ("demo" if asked.demo else "instance")).resolve()
    os.umask(0o077)
    if asked.tied:
        end_with_parent(signal.SIGTERM)
    try:
        instance.mkdir(parents=True, exist_ok=True)
        with only_launcher_of(instance):
            check_kind(instance, demo=asked.demo)
            with contextlib.ExitStack() as held:
                held.enter_context(free_port(asked.bind, asked.port))
                if asked.demo:
                    held.enter_context(free_port("127.0.0.1", asked.port + 1))
                return run(asked, instance)
    except (Refused, OSError) as reason:
        print(f"Nie można uruchomić portalu: {reason}", file=sys.stderr)
        return 2


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Uruchamia portal mLegitymacji na tym serwerze.")
    parser.add_argument("--instance", type=Path, metavar="DIR", help="katalog ustawień, kluczy i danych")
    parser.add_argument("--port", type=int, default=5050, choices=range(1, 65535), metavar="N")
    parser.add_argument("--bind", default="127.0.0.1", metavar="ADRES", help="adres, na którym portal słucha")
    parser.add_argument("--demo", action="store_true", help="demonstracja z przykładową uczelnią")
    parser.add_argument("--tied", action="store_true", help="zakończ razem z procesem, który to uruchomił")
    return parser.parse_args(arguments)


@contextlib.contextmanager
def only_launcher_of(instance: Path) -> Iterator[None]:
    """Hold the lock of `instance`; the kernel frees it when this process ends, however it ends."""
    with (instance / "launcher.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"instancja {instance} już działa. Zatrzymaj ją albo wskaż inny katalog (--instance)."
            ) from None
        yield


def check_kind(instance: Path, *, demo: bool) -> None:
    """Refuse a demonstration's instance without --demo, and the reverse. Raises Refused."""
    try:
        written = tomllib.loads((instance / "portal.toml").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return  # nothing there yet, or mistakes, which the web names all at once
    if demo and not written.get("demo"):
        raise Refused(f"{instance} należy do uczelni, nie do demonstracji. Wskaż inny katalog (--instance).")
    if written.get("demo") and not demo:
        raise Refused(
            f"{instance} to demonstracja z hasłami, które zna każdy. Dodaj --demo albo wskaż inny katalog."
        )


@contextlib.contextmanager
def free_port(address: str, port: int) -> Iterator[None]:
    """Keep other launchers from `port` of `address`. Raises Refused if one holds it or it cannot be bound."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(socket.AF_UNIX) as mark, socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # closing connections do not count
        try:
            mark.bind(
                f"\0mlegitymacja-portal {address} {port}"
            )  # a name without a file: gone with its process
            probe.bind((address, port))
        except OSError as reason:
            raise Refused(f"port {port} na {address}: {reason.strerror}. Wybierz inny (--port).") from None
        probe.close()
        yield


def run(asked: argparse.Namespace, instance: Path) -> int:
    """Start the parts in order, keep them alive, stop them."""
    environment = {**os.environ, "PORTAL_INSTANCE": str(instance)}
    address = f"http://127.0.0.1:{asked.port}"
    web_command = ["portal", "--bind", asked.bind, "--port", str(asked.port)]
    parts: list[Part] = []
    if asked.demo:
        sandbox_url = f"http://127.0.0.1:{asked.port + 1}"
        environment |= {
            "PORTAL_PUBLIC_URL": address,
            "PORTAL_MINISTRY__URL": sandbox_url,
            "PORTAL_INSTRUCTIONS__APP_ADDRESS": f"{sandbox_url}/telefon",
        }
        web_command.append("--demo")
        parts.append(sandbox(instance, asked.port + 1, environment))
    parts.append(Part("web", web_command, environment))
    take_signals()
    try:
        for part in parts:
            part.start()
        failed = ended_before(parts, lambda: answers(asked.bind, asked.port))
        if failed is not None:
            return failed
        parts.append(Part("jobs", ["jobs"], environment))
        parts[-1].start()
        announce(asked, address)
        keep(parts)
        return 0
    finally:
        stop(parts)


def sandbox(instance: Path, port: int, environment: dict[str, str]) -> Part:
    """The imitated ministry of a demonstration, with the bearer token the jobs will show it."""
    token_file = instance / "ministry.token"
    with contextlib.suppress(FileExistsError), token_file.open("x") as file:
        file.write(secrets.token_hex(32) + "\n")
    command = ["sandbox", "--port", str(port), "--storage", str(instance / "sandbox.sqlite")]
    return Part("sandbox", command, environment | {"SANDBOX_TOKEN": token_file.read_text().strip()})


def answers(address: str, port: int) -> bool:
    """Whether the web says on /healthz that it can work."""
    try:
        with socket.create_connection((address, port), timeout=2) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in connection.makefile("rb").readline()
    except OSError:
        return False


def announce(asked: argparse.Namespace, address: str) -> None:
    """Say on standard output that pages are served; for a demonstration also who may sign in."""
    if not asked.demo:
        print(f"Portal działa: {asked.bind}, port {asked.port}.", flush=True)
        return
    demo = runpy.run_path(str(ROOT / "portal" / "demo" / "accounts.py"))  # needs nothing of the rest
    sandbox_url = f"http://127.0.0.1:{asked.port + 1}"
    print(
        f"Demonstracja działa: {address} (atrapa ministerstwa: {sandbox_url}, telefon: {sandbox_url}/telefon)"
    )
    print(f"\nKonta (hasło do wszystkich: {demo['PASSWORD']}):")
    for account in demo["ACCOUNTS"]:
        print(f"  {account.user_name:<12}{account.situation}")
    print("\nCtrl-C zatrzymuje demonstrację.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
