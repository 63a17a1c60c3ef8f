"""Real reverse proxies: Debian's, with the configurations of `deploy/`; names, ports and files are replaced."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil
import pytest

from stack.servers.ports import free_port

ROOT = Path(__file__).parents[3]
SHIPPED: Final = "deploy/proxy.conf"
PROGRAMS: Final = {"nginx": "nginx", "caddy": "caddy", "haproxy": "haproxy", "apache": "apache2"}
"""First word of a file's name -> program and Debian package."""
KINDS: Final = (SHIPPED, *(f"deploy/proxies/{name}.conf" for name in PROGRAMS))
UNDER_A_PATH: Final = "deploy/proxies/nginx-under-a-path.conf"
NAME: Final = "localhost"
RESOLVES_FROM: Final = (1, 27, 3)
"""The first nginx that looks names of `upstream` up again."""
PATIENCE: Final = 60.0
PARTING: Final = 3.0
"""Seconds after which a proxy that waits for its visitors to go is killed."""


class RunningProxy:
    """A proxy on a port of its own: `url`, `port`, `tls`, `upstream_connections()`."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, upstream: int, *, tls: bool) -> None:
        """Take over a proxy that was started on a port, in front of another."""
        self._process, self.port, self._upstream, self.tls = process, port, upstream, tls
        self.url = f"{'https' if tls else 'http'}://{NAME}:{port}"

    def upstream_connections(self) -> int:
        """Return how many connections the proxy holds to the server."""
        family = psutil.Process(self._process.pid)
        held = [
            one for process in (family, *family.children(recursive=True)) for one in process.net_connections()
        ]
        ends = [one.raddr.port for one in held if one.status == psutil.CONN_ESTABLISHED]
        return ends.count(self._upstream)


def program_of(kind: str) -> str:
    """Return the program that a configuration is for; skip the test where it is not installed."""
    name = "nginx" if kind == SHIPPED else Path(kind).stem.partition("-")[0]
    asked = os.environ.get(f"STREAKLINE_{name.upper()}")
    found = asked or shutil.which(PROGRAMS[name], path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip(f"{PROGRAMS[name]} is not installed: `apt-get install {PROGRAMS[name]}`")
    return found


def nginx_version() -> tuple[int, ...]:
    """Return the version of the installed nginx."""
    said = subprocess.run([program_of(SHIPPED), "-v"], capture_output=True, text=True, check=True).stderr
    found = re.search(r"nginx/([\d.]+)", said)
    assert found is not None, said
    return tuple(int(part) for part in found[1].split("."))


@contextmanager
def proxied(
    kind: str,
    folder: Path,
    upstream: int,
    edit: Callable[[str], str] = lambda text: text,
    *,
    by_name: bool = False,
) -> Iterator[RunningProxy]:
    """Run a proxy in front of a server on the loopback during the block.

    Args:
        kind: the configuration, relative to the repository.
        folder: where its files are written.
        upstream: the server's port.
        edit: changes the configuration further.
        by_name: leave the servers' names, to be looked up; only their port is replaced.
    """
    program = program_of(kind)
    folder.mkdir(exist_ok=True)
    port = free_port()
    text = (ROOT / kind).read_text()
    if by_name:
        text = re.sub(r"server (ingest|live|api):8080", rf"server \1:{upstream}", text)
    text = edit(_replaced(text, folder, port, upstream))
    process = _started(program, text, folder, port)
    try:
        _await(process, port, folder)
        yield RunningProxy(process, port, upstream, tls=kind != SHIPPED)
    finally:
        process.terminate()
        try:
            process.wait(PARTING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _replaced(text: str, folder: Path, port: int, upstream: int) -> str:
    if "/etc/ssl/" in text:
        _certificate(folder)
    if " resolve " in text and nginx_version() < RESOLVES_FROM:
        text = text.replace(" resolve ", " ")
    text = re.sub(r"server (?:ingest|live|api):8080", f"server 127.0.0.1:{upstream}", text)
    text = text.replace("127.0.0.1:8080", f"127.0.0.1:{upstream}")
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};")
    text = text.replace("listen 443 ", f"listen 127.0.0.1:{port} ").replace(
        "bind :443", f"bind 127.0.0.1:{port}"
    )
    text = text.replace("*:443", f"127.0.0.1:{port}").replace(
        "\nexample.org {", f"\nhttps://{NAME}:{port} {{"
    )
    return text.replace("example.org", NAME).replace("/etc/ssl/streakline", str(folder / "streakline"))


def _certificate(folder: Path) -> None:
    """Make a certificate that nobody signed."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed: `apt-get install openssl`")
    key, certificate = folder / "streakline.key", folder / "streakline.crt"
    asked = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    named = ["-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1"]
    command = [openssl, "req", *asked, *named, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "streakline.pem").write_text(certificate.read_text() + key.read_text())


def _started(program: str, text: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    name = Path(program).name
    config = folder / "proxy.conf"
    environment = {
        **os.environ,
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "HOME": str(folder),
    }
    if name == "caddy":
        text = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text
        command = [program, "run", "--config", str(config), "--adapter", "caddyfile"]
    elif name == "haproxy":
        command = [program, "-db", "-f", str(config)]
    elif name == "apache2":
        text = _apache(folder, port) + text
        command = [program, "-X", "-f", str(config)]
    else:
        text = _nginx(folder, text)
        command = [program, "-e", str(folder / "proxy.log"), "-c", str(config)]
    config.write_text(text)
    with (folder / "proxy.log").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)


def _nginx(folder: Path, text: str) -> str:
    """Return what the image's nginx.conf is around a file of conf.d."""
    paths = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"    {path}_temp_path {folder / path};" for path in paths)
    user = "user root;\n" if os.geteuid() == 0 else ""
    main = f"{user}daemon off;\nworker_processes 1;\npid {folder / 'nginx.pid'};\nevents {{}}\n"
    return f"{main}http {{\n    access_log off;\n{temporary}\n{text}\n}}\n"


def _apache(folder: Path, port: int) -> str:
    names = ("mpm_event", "authz_core", "ssl", "http2", "headers", "proxy", "proxy_http", "socache_shmcb")
    modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n" for name in names)
    own = f"ServerRoot {folder}\nPidFile {folder / 'apache.pid'}\nErrorLog {folder / 'proxy.log'}\n"
    return f"Listen 127.0.0.1:{port}\n{own}{modules}"


def _await(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    log = (folder / "proxy.log").read_text(errors="replace")[-2_000:]
    msg = f"the proxy of {folder} does not listen on {port}; its log ends:\n{log}"
    raise RuntimeError(msg)
