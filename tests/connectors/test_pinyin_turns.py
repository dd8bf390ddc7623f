"""Who types pinyin is understood, and asked where that is not sure."""

from __future__ import annotations

from pathlib import Path

from tests.house import house


async def test_pinyin_is_put_into_chinese_for_the_bot(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("wo yao tousu wuye")
        assert await page.hear("bot") == "回声：我要投诉物业"


async def test_what_is_not_sure_is_asked_and_a_yes_is_enough(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        for yes in ("shi de", "对", "1"):
            await page.say("wo xing wang")
            asked = await page.hear("bot")
            assert asked.startswith("您是想说：我姓")
            meant = asked.removeprefix("您是想说：").removesuffix("？")
            await page.say(yes)
            assert await page.hear("bot") == f"回声：{meant}"
        assert [request.text for request in h.dialogue.requests] == [meant] * 3


async def test_another_reading_can_be_chosen_and_none_as_well(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("wo xing wang")
        await page.hear("bot")
        await page.say("2")
        chosen = await page.hear("bot")
        assert chosen.startswith("回声：我姓")
        await page.say("wo xing wang")
        await page.hear("bot")
        await page.say("bu shi")
        assert "换个说法" in await page.hear("bot")
        assert len(h.dialogue.requests) == 1


async def test_danger_is_heard_in_pinyin_without_asking(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("jiu ming zhao huo le")
        await page.wait("owner", owner="waiting_for_agent")
        assert h.dialogue.requests == []


async def test_other_languages_go_to_the_bot_as_they_are(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("hello, can you help me")
        assert await page.hear("bot") == "回声：hello, can you help me"
