"""Danger is noticed; idiom, history, negation and questions about it do not cry wolf."""

from __future__ import annotations

import pytest

from actions.complaint.fields import Alarm
from actions.complaint.folding import fold
from actions.complaint.risk import assess_risk


def alarms(text: str) -> set[str]:
    return {alarm.value for alarm in assess_risk(fold(text)).alarm}


@pytest.mark.parametrize(
    "text",
    [
        "我家着火了快来人",
        "楼道里全是煤气味，有人晕倒了",
        "电梯困人了，里面有个孕妇",
        "隔壁在打老婆，救命",
        "有人落水了",
        "邻居拿着刀追人",
        "孩子不见了两个小时了",
    ],
)
def test_an_emergency_is_noticed(text: str) -> None:
    assert "emergency" in alarms(text)


@pytest.mark.parametrize(
    "text",
    [
        "再不解决我就炸了你们单位",
        "我要和他同归于尽",
        "明天我们三百个业主集体去堵路",
        "逼急了我什么事都干得出来",
        "我买了汽油，看谁怕谁",
    ],
)
def test_a_threat_is_noticed(text: str) -> None:
    assert "threat" in alarms(text)


@pytest.mark.parametrize(
    "text", ["我真的不想活了", "活着没意思，死了算了", "我已经写好遗书了", "再这样我只能跳楼了"]
)
def test_despair_is_noticed(text: str) -> None:
    assert "despair" in alarms(text)


@pytest.mark.parametrize(
    "text",
    [
        "教室没空调热死了",
        "楼下吵死人了",
        "商场跳楼价促销是不是虚假宣传",
        "炸鸡店油烟太大",
        "火锅店的老板态度差",
        "去年小区着火后电线一直没修",
        "新闻上说外地有人跳楼",
        "如果着火了消防车都进不来",
        "消防演练什么时候搞",
        "物业拼命涨价",
        "杀虫剂味道太大",
        "小区没有发生火灾",
        "社保怎么交",
        "死活不给退钱",
        "砍树的人说有手续",
    ],
)
def test_idiom_history_and_questions_raise_no_alarm(text: str) -> None:
    assert alarms(text) == set()


def test_scores_stay_within_bounds_and_alarms_follow_them() -> None:
    risk = assess_risk("着火了爆炸了救命被困昏迷" * 20)
    assert 0.9 < risk.emergency <= 1
    assert Alarm.EMERGENCY in risk.alarm
    quiet = assess_risk("路灯坏了")
    assert (quiet.emergency, quiet.threat, quiet.despair, quiet.alarm) == (0, 0, 0, ())
