"""Yes-or-no facts: on behalf of another, nameless, secret, said before, urgent."""

from __future__ import annotations

import pytest

from actions.understanding.fields import Urgency
from actions.understanding.matter.flags import find_flags
from actions.understanding.text.folding import fold


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("我替我妈反映一下医保的事", True),
        ("帮邻居问一下低保怎么办", True),
        ("我爸今年七十了，养老金没到账", True),
        ("她不会打字，我来代她投诉", False),
        ("我家楼上漏水", False),
        ("我带孩子看病，医生态度差", False),
    ],
)
def test_on_behalf_of_another(text: str, said: bool) -> None:
    assert (find_flags(fold(text)).on_behalf is not None) is said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("我要匿名举报", True),
        ("我就不留名了", True),
        ("不想透露姓名", True),
        ("不用匿名，我实名", False),
        ("收到一封匿名信", False),
    ],
)
def test_anonymous(text: str, said: bool) -> None:
    assert (find_flags(fold(text)).anonymous is not None) is said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("请对我的信息保密", True),
        ("千万别让他们知道是我说的", True),
        ("签了保密协议", False),
        ("物业泄露了我的个人信息", False),
    ],
)
def test_confidential(text: str, said: bool) -> None:
    assert (find_flags(fold(text)).confidential is not None) is said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("之前已经投诉过两次，没人管", True),
        ("打过12345，没有结果", True),
        ("打了12345两回", True),
        ("打12345都没用", True),
        ("打12345投诉物业", False),
        ("我上礼拜反映的占道那个事有结果没", True),
        ("投诉的事情怎么没人回复", True),
        ("大家反映的问题比较多", False),
        ("多次向社区反映未果", True),
        ("第一次反映这个问题", False),
        ("快递不送上门也不打电话", False),
        ("我要投诉物业", False),
    ],
)
def test_reported_before(text: str, said: bool) -> None:
    assert (find_flags(fold(text)).reported_before is not None) is said


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("燃气泄漏了", Urgency.URGENT),
        ("停水两天了", Urgency.URGENT),
        ("十万火急", Urgency.URGENT),
        ("树倒了压着线，赶紧派人来", Urgency.URGENT),
        ("昨天差点砸到小孩", Urgency.URGENT),
        ("家里有病人，等不得了", Urgency.URGENT),
        ("请尽快派人核实", Urgency.NORMAL),
        ("这个事不着急", Urgency.NORMAL),
        ("社保怎么交", Urgency.NORMAL),
    ],
)
def test_urgency(text: str, urgency: Urgency) -> None:
    assert find_flags(fold(text)).urgency is urgency
