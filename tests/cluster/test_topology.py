"""What the cluster of plain processes takes from docker-compose.yml and docker/nginx.conf."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.compose import Compose
from tests.cluster.proxy import SiteChanged, site
from tests.servers import ROOT

VARIABLES = {
    "POSTGRES_PASSWORD": "secret",
    "HUIYING_PUBLIC_URL": "https://127.0.0.1",
    "HUIYING_INTERNAL_TOKEN": "t" * 32,
    "HUIYING_SECRET_KEY": "k" * 32,
}
PLACES = {"@postgres:5432/": "@127.0.0.1:1234/", "redis://redis:6379/": "redis://127.0.0.1:99/"}


def test_a_gateway_is_told_what_the_compose_file_tells_it() -> None:
    compose = Compose(VARIABLES, PLACES)
    gateways, workers = compose.named("gateway-"), compose.named("rasa-")
    assert (len(gateways), len(workers)) == (2, 2)
    for name in gateways:
        told = compose.environment(name)
        assert told["HUIYING_DATABASE_URL"].endswith("huiying:secret@127.0.0.1:1234/huiying")
        assert told["HUIYING_REDIS_URL"] == "redis://127.0.0.1:99/0"
        assert told["HUIYING_SECRET_KEY"] == "k" * 32
        assert "HUIYING_CITY" not in told  # not given in .env, so the default holds
    for name in workers:
        assert compose.environment(name)["HUIYING_INTERNAL_TOKEN"] == "t" * 32
    every = [value for name in compose.services for value in compose.environment(name).values()]
    assert not [value for value in every if "${" in value]


def test_redis_keeps_its_append_only_file_as_the_compose_file_says() -> None:
    command = Compose(VARIABLES, PLACES).command("redis")
    assert command[:3] == ["redis-server", "--appendonly", "yes"]


def test_the_site_is_the_one_we_ship_but_for_its_addresses() -> None:
    text = (ROOT / "docker" / "nginx.conf").read_text(encoding="utf-8")
    made = site(text, [7001, 7002], 8000, 8443, Path("/srv/tls"))
    for piece in ("server 127.0.0.1:7001;", "server 127.0.0.1:7002;", "listen 127.0.0.1:8443 ssl;",
                  "/srv/tls/privkey.pem"):  # fmt: skip
        assert piece in made
    assert "gateway:8080" not in made
    assert [line for line in text.splitlines() if "location" in line] == [
        line for line in made.splitlines() if "location" in line
    ]


def test_a_site_that_changed_too_much_is_told_instead_of_guessed() -> None:
    with pytest.raises(SiteChanged):
        site("server { listen 80; }", [7001], 8000, 8443, Path("/srv/tls"))
