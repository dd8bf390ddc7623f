"""docs/sms.md says what runs in the tests, and what the code refuses."""

from __future__ import annotations

import re

import yaml

from connectors.channel import SEND_ERRORS
from connectors.messages import Purpose
from connectors.settings.sms import Sms
from tests.kannel import CORE, FAKE, SMPP
from tests.structure.source import ROOT

TEXT = (ROOT / "docs" / "sms.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```\w*\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_the_kannel_configuration_is_the_one_the_tests_run() -> None:
    expected = CORE.format(
        admin=13000,
        smsbox=13001,
        sendsms=13013,
        folder="/var/spool/huiying-kannel",
        carrier=FAKE.format(port=13100).rstrip("\n"),
        inbound="http://127.0.0.1:8080/sms/carrier/CALLBACK-SECRET/inbound",
        user="huiying",
        password="CHOOSE-A-PASSWORD",
    )
    assert FENCES[0] == expected
    assert FENCES[1] == SMPP.format(port=2775)


def test_the_containers_configuration_is_the_same_but_for_where_it_listens() -> None:
    expected = CORE.format(
        admin=13000,
        smsbox=13001,
        sendsms=13013,
        folder="FOLDER",
        carrier="",
        inbound="http://gateway:8080/sms/carrier/CALLBACK-SECRET/inbound",
        user="huiying",
        password="CHOOSE-A-PASSWORD",
    ).replace('sendsms-interface = "127.0.0.1"\n', "")
    shipped = (ROOT / "docker/kannel/kannel.conf").read_text(encoding="utf-8")
    lines = [line for line in shipped.splitlines() if line and not line.startswith("#")]
    assert lines == [line for line in expected.splitlines() if line]


def test_the_settings_it_shows_are_taken() -> None:
    secret = "0123456789abcdef0123456789abcdef"
    shown = [yaml.safe_load(fence)["sms"] for fence in FENCES if fence.startswith("sms:")]
    assert len(shown) == 2
    for given in shown:
        for driver in ("kannel", "aliyun", "tencent"):
            for account in given.get(driver, {}).values():
                account["callback_secret"] = secret
        assert Sms.model_validate(given).accounts


def test_every_error_refusal_and_purpose_is_explained() -> None:
    codes = {error.code for error in SEND_ERRORS} - {"window_closed"}  # there are no windows
    source = "".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "connectors/channels/sms").glob("*.py")
    )
    codes |= set(re.findall(r'Refused\(\s*\d+, "(\w+)"', source)) - {"too_fast"}
    missing = [name for name in (*codes, *Purpose) if f"`{name}`" not in TEXT]
    assert not missing
