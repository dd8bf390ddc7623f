"""docker-compose.yml and its images fit the code they run."""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.settings import Settings
from tests.docs import tables
from tests.docs.test_pages import commands
from tests.structure.source import ROOT, spelt

TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DOCKERFILES = sorted((ROOT / "docker").glob("*.Dockerfile"))


@cache
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
    return found


def of_image(image: str) -> dict[str, dict[str, Any]]:
    return {name: s for name, s in services().items() if s["image"] == image}


def gateways() -> dict[str, dict[str, Any]]:
    return {name: s for name, s in services().items() if name.startswith("gateway-")}


def environment(service: dict[str, Any]) -> dict[str, Any]:
    return service.get("environment") or {}


def known_to_the_bot() -> set[str]:
    """Variables that Rasa's side reads for itself."""
    files = [
        *(ROOT / "bot/runtime").glob("*.py"),
        ROOT / "bot/endpoints.yml",
        ROOT / "bot/credentials.yml",
    ]
    return {v for f in files for v in re.findall(r"HUIYING_\w+", f.read_text(encoding="utf-8"))}


def test_every_variable_the_gateway_is_given_is_a_setting() -> None:
    known = {setting.variable for setting in tables.settings()} | {"HUIYING_CONFIG"}
    for name, service in of_image("huiying-gateway").items():
        strange = {key for key in environment(service) if key.startswith("HUIYING_")} - known
        assert not strange, f"{name}: {strange}"
    asked = set(re.findall(r"\$\{(HUIYING_\w+)", TEXT))
    assert asked
    assert asked <= known


def test_every_variable_rasa_is_given_is_read_there() -> None:
    given = {key for s in of_image("huiying-rasa").values() for key in environment(s)}
    assert given
    assert given <= known_to_the_bot()


def test_the_settings_given_can_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in tables.settings():
        monkeypatch.delenv(setting.variable, raising=False)
    monkeypatch.setenv("HUIYING_CONFIG", "none.yml")
    for key, value in environment(services()["gateway-1"]).items():
        if value is not None:
            monkeypatch.setenv(key, re.sub(r"\$\{[^}]*\}", "x", value))
    loaded = Settings()
    assert loaded.database_url is not None
    assert loaded.database_url.startswith("postgresql+asyncpg://")


def test_every_file_it_names_exists() -> None:
    for name, service in services().items():
        build = service.get("build")
        if build:
            assert (ROOT / build["context"]).is_dir()
            assert (ROOT / build["context"] / build["dockerfile"]).is_file(), name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).exists(), f"{name}: {source}"
            else:
                assert source in yaml.safe_load(TEXT)["volumes"], f"{name}: {source}"


def test_every_service_it_names_exists() -> None:
    for name, service in services().items():
        wanted = list(service.get("depends_on") or ())
        mode = service.get("network_mode", "")
        if mode.startswith("service:"):
            wanted.append(mode.removeprefix("service:"))
        assert set(wanted) <= set(services()), name


@cache
def routes() -> set[str]:
    """Every path somebody of ours serves."""
    found = {text for text in spelt() if text.startswith("/")}
    bot = ast.parse((ROOT / "bot/channels/huiying.py").read_text(encoding="utf-8"))
    channel = "/webhooks/huiying"
    return found | {
        channel + node.value
        for node in ast.walk(bot)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"/[a-z]+", node.value)
    }


def test_every_health_check_asks_something_that_is_served() -> None:
    ports = {"huiying-gateway": "8080", "huiying-rasa": "5005"}
    assert (Settings.model_fields["port"].default, Settings.model_fields["rasa_port"].default) == (
        8080,
        5005,
    )
    checked = 0
    for name, service in services().items():
        test = " ".join((service.get("healthcheck") or {}).get("test", ()))
        for port, path in re.findall(r"http://127\.0\.0\.1:(\d+)(/[\w/]+)", test):
            assert path in routes(), f"{name}: {path}"
            assert port == ports.get(service["image"], "8080"), name
            checked += 1
    assert checked >= 5


def test_every_command_is_one_of_ours() -> None:
    for name, service in of_image("huiying-gateway").items():
        if "entrypoint" not in service:
            assert " ".join(service.get("command", ["gateway"])) in commands(), name
    assert of_image("huiying-rasa")


def test_the_proxy_keeps_what_is_not_for_the_public_to_itself() -> None:
    site = (ROOT / "docker/nginx.conf").read_text(encoding="utf-8")
    for path in re.findall(r"location (?:= )?(/[\w/]*) ", site):
        assert path == "/" or path in routes(), path
    for private in ("/metrics", "/health/ready"):
        assert f"location = {private} {{ return 404; }}" in site
    assert "/actions" not in site
    assert "5005" not in site


def location(path: str) -> str:
    """What the proxy does with an address of its own."""
    site = (ROOT / "docker/nginx.conf").read_text(encoding="utf-8")
    found = re.search(rf"location = {path} \{{([^}}]*)\}}", site)
    assert found, f"{path} is not there"
    return found[1]


def test_the_proxy_lets_the_largest_files_through() -> None:
    """What is too large is refused by us, in words a person understands."""
    limits = Settings.model_fields["attachments"].default
    at_once = {"/webchat/files": limits.per_message, "/miniapp/attachments": 1}
    for path, files in at_once.items():
        found = re.search(r"client_max_body_size (\d+)m;", location(path))
        assert found, path
        assert int(found[1]) * 1024**2 > files * limits.largest, path
        assert path in routes()


def test_the_proxy_says_who_calls_and_the_gateways_believe_it_alone() -> None:
    site = (ROOT / "docker/nginx.conf").read_text(encoding="utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in site
    for service in gateways().values():
        assert "HUIYING_TRUSTED_PROXIES" in environment(service)
        assert "ports" not in service


def test_every_socket_is_left_open_longer_than_the_gateway_is_silent() -> None:
    sockets = {path for path in routes() if path.endswith(("/socket", "/events"))} - {
        path for path in routes() if "{" in path
    }
    assert len(sockets) >= 3
    for path in sockets:
        assert "proxy_read_timeout 90s;" in location(path)


def test_what_is_no_variable_stands_in_a_file_of_the_operators() -> None:
    for service in gateways().values():
        file = Path(environment(service)["HUIYING_CONFIG"])
        mounted = [volume.split(":") for volume in service["volumes"]]
        (source,) = (here for here, there, *_ in mounted if there == str(file.parent))
        assert (ROOT / source / "README.md").is_file()
        assert file.name in (ROOT / source / "README.md").read_text(encoding="utf-8")


def test_two_gateways_and_two_workers_share_what_they_must() -> None:
    """Without a shared coordinator a page on one gateway does not hear what the other wrote."""
    assert len(gateways()) == 2
    for name, service in gateways().items():
        assert environment(service)["HUIYING_REDIS_URL"].startswith("redis://redis:")
        assert "@postgres:" in environment(service)["HUIYING_DATABASE_URL"]
        assert "profiles" not in service, name
    workers = {name: s for name, s in services().items() if name.startswith("rasa-")}
    assert len(workers) == 2
    assert {tuple(worker["volumes"]) for worker in workers.values()} == {("rasa:/data",)}
    pods = [s["network_mode"] for s in (*gateways().values(), *workers.values())]
    assert sorted(pods) == ["service:pod-1"] * 2 + ["service:pod-2"] * 2


def test_redis_keeps_what_it_was_told() -> None:
    command = services()["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"


def test_chroma_is_set_apart_while_nobody_asks_it() -> None:
    asked = [setting.key for setting in tables.settings() if "chroma" in setting.key]
    assert bool(asked) != ("profiles" in services()["chroma"]), "give the gateways their Chroma"


# The images -----------------------------------------------------------------------------------


def instructions(dockerfile: Path) -> list[tuple[str, str]]:
    joined = dockerfile.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in joined.splitlines()]
    pairs = [line.partition(" ") for line in lines if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in pairs]


def copies(dockerfile: Path) -> list[tuple[str, str]]:
    """(source in the repository, place in the image) of the last stage, relative to its WORKDIR."""
    done = instructions(dockerfile)
    last = max(n for n, (word, _) in enumerate(done) if word == "FROM")
    pairs = [shlex.split(rest) for word, rest in done[last:] if word == "COPY"]
    return [(pair[0], pair[1]) for pair in pairs if not pair[0].startswith("--")]


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_an_image_is_made_from_the_hashed_lock_and_runs_as_nobody_special(
    dockerfile: Path,
) -> None:
    done = instructions(dockerfile)
    installs = [rest for word, rest in done if word == "RUN" and "pip install" in rest]
    assert installs
    for line in installs:
        assert "--require-hashes --no-deps" in line or "--no-deps --require-hashes" in line
        assert "requirements.lock" in line
    users = [rest for word, rest in done if word == "USER"]
    assert users[-1:] == ["huiying"]
    last_run = max(n for n, (word, _) in enumerate(done) if word in ("ENTRYPOINT", "CMD"))
    assert last_run > max(n for n, (word, _) in enumerate(done) if word == "USER")
    for source, _ in copies(dockerfile):
        assert (ROOT / source).exists(), source


@pytest.mark.parametrize(
    ("dockerfile", "project"), [("gateway", "pyproject.toml"), ("rasa", "bot/pyproject.toml")]
)
def test_an_image_has_a_python_the_lock_was_made_for(dockerfile: str, project: str) -> None:
    text = (ROOT / f"docker/{dockerfile}.Dockerfile").read_text(encoding="utf-8")
    versions = set(re.findall(r"^FROM python:(3\.\d+)-", text, re.M))
    wanted = re.search(r'requires-python = "([=>]+)(3\.\d+)', (ROOT / project).read_text())
    assert wanted
    assert len(versions) == 1
    minor, least = int(versions.pop()[2:]), int(wanted[2][2:])
    assert minor == least if wanted[1] == "==" else minor >= least


def test_the_gateways_image_holds_all_the_gateway_reads(tmp_path: Path) -> None:
    """What it reads beside its code is among what the Dockerfile copies."""
    for source, target in copies(ROOT / "docker/gateway.Dockerfile"):
        if (ROOT / source).is_dir():
            shutil.copytree(
                ROOT / source, tmp_path / target, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, tmp_path / target)
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import connectors.api as api; from connectors.texts import Texts;"
            "Texts.load(); api._read(); print(api.__file__)",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(str(tmp_path))
