"""nginx with the very site of docker/nginx.conf, its addresses and certificate replaced."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.servers import ROOT, find_program

_MAIN = """
daemon off;
pid {folder}/nginx.pid;
{user}
worker_processes 1;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""


class SiteChanged(Exception):
    """docker/nginx.conf has not what is looked for: this module must follow it."""


def site(text: str, gateways: Sequence[int], port: int, tls_port: int, tls: Path) -> str:
    """docker/nginx.conf for gateways at these ports of the loopback."""
    servers = "\n  ".join(f"server 127.0.0.1:{gateway};" for gateway in gateways)
    changes = [
        (r"server gateway:8080;.*", servers),
        (r"listen 8080;", f"listen 127.0.0.1:{port};"),
        (r"listen 8443 ssl;", f"listen 127.0.0.1:{tls_port} ssl;"),
        (r"/etc/nginx/tls/", f"{tls}/"),
    ]
    for old, new in changes:
        text, found = re.subn(old, new, text)
        if not found:
            raise SiteChanged(old)
    return text


def certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that signs itself, and its key; the certificate's path."""
    chain = folder / "fullchain.pem"
    subprocess.run(
        [find_program("openssl", "openssl", "usr/bin"), "req", "-x509", "-newkey", "ec",
         "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
         "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(folder / "privkey.pem"), "-out", str(chain)],
        check=True, capture_output=True,
    )  # fmt: skip
    return chain


def prepare(folder: Path, gateways: Sequence[int], port: int, tls_port: int) -> list[str]:
    """Writes all nginx reads into ``folder``; the command that starts it."""
    program = find_program("nginx", "nginx-light", "usr/sbin")
    text = (ROOT / "docker" / "nginx.conf").read_text(encoding="utf-8")
    (folder / "site.conf").write_text(site(text, gateways, port, tls_port, folder))
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user))
    return [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
