"""docs/add-a-channel.md and docs/channels/portal.md say what the code does."""

from __future__ import annotations

import re
import textwrap

import pytest

from connectors import channel
from connectors.channels.portal import wire
from connectors.channels.portal.channel import BODY_MOST
from connectors.settings.portal import PortalAccount
from connectors.signing import LEEWAY, NONCE, SIGNATURE, TIMESTAMP, sign
from tests.docs.pages import Page
from tests.structure.source import ROOT

GUIDE = ROOT / "docs" / "add-a-channel.md"
PORTAL = ROOT / "docs" / "channels" / "portal.md"


def page(path: object = GUIDE) -> Page:
    file = PORTAL if path is PORTAL else GUIDE
    return Page(file, file.read_text(encoding="utf-8"))


def quotations() -> list[tuple[str, str]]:
    """(file, code) of every fence of the guide that names a file in its first line."""
    named = [fence.split("\n", 1) for fence in page().fences() if fence.startswith("# ")]
    return [(first.removeprefix("# "), code) for first, code in named]


def test_the_guide_quotes_much_of_the_code() -> None:
    assert len(quotations()) >= 9


@pytest.mark.parametrize(("file", "code"), quotations())
def test_every_quotation_stands_so_in_the_code(file: str, code: str) -> None:
    assert textwrap.dedent(code).strip()
    assert code.strip("\n") in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [GUIDE, PORTAL], ids=["guide", "portal"])
def test_every_path_that_is_named_exists(path: object) -> None:
    named = [
        code
        for code in page(path).inline_code()
        if re.fullmatch(r"(connectors|tests|docs|bot)/[\w./-]+", code)
    ]
    assert named or path is PORTAL
    missing = [name for name in named if not (ROOT / name).exists()]
    assert not missing


def test_every_part_of_the_port_that_is_named_exists() -> None:
    names = {code for code in page().inline_code() if re.fullmatch(r"[A-Z][A-Za-z]+", code)}
    elsewhere = {"Inbound", "Subject", "Peer", "PortalAccount", "Portal", "SecretStr"}
    assert {"Capabilities", "Limits", "Receipt", "SendError"} <= names
    assert [name for name in names - elsewhere if not hasattr(channel, name)] == []


def test_the_portals_page_has_a_signature_that_is_right() -> None:
    text = PORTAL.read_text(encoding="utf-8")
    body = next(f for f in page(PORTAL).fences() if f.startswith("{")).strip().encode()
    signature = sign("0123456789abcdef0123456789abcdef", "1772337600", "n0nce-0123456789ab", body)
    assert f"`{signature}`" in text


def test_the_portals_page_signs_as_we_do() -> None:
    code = next(fence for fence in page(PORTAL).fences() if "def signed_headers" in fence)
    given: dict[str, object] = {}
    exec(code, given)
    headers = given["signed_headers"]("s" * 32, b"body")  # type: ignore[operator]
    assert headers[SIGNATURE] == sign("s" * 32, headers[TIMESTAMP], headers[NONCE], b"body")


def test_the_portals_page_names_every_field_setting_code_and_limit() -> None:
    text = PORTAL.read_text(encoding="utf-8")
    fields = [field.alias or name for name, field in wire.Message.model_fields.items()]
    codes = [error.code for error in channel.SEND_ERRORS]
    for name in (*fields, *PortalAccount.model_fields, *codes, *channel.ReceiptState):
        assert f"`{name}`" in text, name
    assert f"more than {LEEWAY} seconds" in text
    assert f"{BODY_MOST // 1024**2} MiB" in text


def test_the_portals_page_explains_every_refusal() -> None:
    source = "".join(
        (ROOT / "connectors" / name).read_text(encoding="utf-8")
        for name in ("channels/portal/channel.py", "webhooks.py")
    )
    codes = set(re.findall(r'Refused\(\s*\d+, "(\w+)"', source))
    assert len(codes) >= 8
    text = PORTAL.read_text(encoding="utf-8")
    assert [code for code in codes if f"`{code}`" not in text] == []
