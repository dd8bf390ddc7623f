"""Turns that meet trouble: the bot is away, fails, is late, or danger speaks."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from connectors.conversation.dialogue import (
    DialogueFailed,
    DialogueUnavailable,
    TurnReply,
    TurnRequest,
)
from connectors.conversation.ownership import Owner
from connectors.store import conversations, desk_lists, inbox, messages
from tests.desk.people import make_agent
from tests.house import House, ScriptedDialogue, house, reply


async def only_conversation(h: House) -> conversations.Conversation:
    rows = [
        row
        for owner in Owner
        for row in await h.database.read(lambda conn, owner=owner: desk_lists.listed(conn, owner))
    ]
    assert len(rows) == 1
    return rows[0].conversation


async def test_while_the_bot_is_away_the_person_is_told_once_and_answered_later(
    tmp_path: Path,
) -> None:
    away = True

    async def turn(request: TurnRequest) -> TurnReply:
        if away:
            raise DialogueUnavailable("loading")
        return reply("来了")

    dialogue = ScriptedDialogue(turn)
    async with house(tmp_path, dialogue) as h, h.page() as page:
        await page.say("你好", id="one")
        assert "收到" in await page.hear("system")
        await asyncio.sleep(0.8)
        away = False
        assert await page.hear("bot") == "来了"
        notices = [
            f for f in page.seen if f["type"] == "message" and f["message"]["from"] == "system"
        ]
        assert len(notices) == 1


async def test_a_person_can_be_reached_while_the_bot_is_away(tmp_path: Path) -> None:
    async def turn(request: TurnRequest) -> TurnReply:
        raise DialogueUnavailable("down")

    async with house(tmp_path, ScriptedDialogue(turn, up=False)) as h, h.page() as page:
        await page.say("转人工", id="one")
        await page.wait("owner", owner="waiting_for_agent")
        assert (await only_conversation(h)).handoff_reason == "bot_unavailable"


async def test_a_turn_that_keeps_failing_ends_in_an_apology_and_a_person(tmp_path: Path) -> None:
    async def turn(request: TurnRequest) -> TurnReply:
        raise DialogueFailed("action_failed")

    async with house(tmp_path, ScriptedDialogue(turn)) as h, h.page() as page:
        await page.say("毒消息", id="one")
        assert "对不起" in await page.hear("bot")
        await page.wait("owner", owner="waiting_for_agent")
        assert len(h.dialogue.requests) == 2
        await page.say("还有一句", id="two")
        assert await h.database.read(inbox.count_pending) in (0, 1)


async def test_a_slow_turn_is_announced_and_still_answered_once(tmp_path: Path) -> None:
    async def turn(request: TurnRequest) -> TurnReply:
        await asyncio.sleep(0.7)
        return reply("慢答")

    async with house(tmp_path, ScriptedDialogue(turn)) as h, h.page() as page:
        await page.say("你好", id="one")
        assert "收到" in await page.hear("system")
        assert await page.hear("bot") == "慢答"
        assert len(h.dialogue.requests) == 1


async def test_a_late_answer_of_the_bot_does_not_fall_into_an_agents_talk(tmp_path: Path) -> None:
    release = asyncio.Event()

    async def turn(request: TurnRequest) -> TurnReply:
        await release.wait()
        return reply("迟到的回答")

    async with house(tmp_path, ScriptedDialogue(turn)) as h, h.page() as page:
        agent = await make_agent(h)
        await page.say("你好", id="one")
        await page.wait("accepted")
        conversation = await only_conversation(h)
        await h.gateway.desk.service.take(agent, conversation.id)
        release.set()
        await page.wait("owner", owner="agent")
        await h.gateway.desk.service.say(agent, conversation.id, "我是座席", "c1")
        assert await page.hear("agent") == "我是座席"
        said = await h.database.read(lambda conn: messages.after(conn, conversation.id, 0))
        assert "迟到的回答" not in [message.text for message in said]


async def test_the_bot_is_silent_until_handed_back(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        agent = await make_agent(h)
        service = h.gateway.desk.service
        await page.say("转人工", id="one")
        await page.wait("owner", owner="waiting_for_agent")
        conversation = await only_conversation(h)
        await service.take(agent, conversation.id)
        await page.wait("owner", owner="agent")
        asked_before = len(h.dialogue.requests)
        await page.say("有人吗", id="two")
        await page.wait("accepted")
        await service.say(agent, conversation.id, "有的", "c1")
        assert await page.hear("agent") == "有的"
        assert len(h.dialogue.requests) == asked_before
        await service.hand_back(agent, conversation.id)
        await page.say("你好", id="three")
        assert await page.hear("bot") == "回声：你好"


async def test_clear_danger_brings_the_number_to_call_and_a_person_without_the_bot(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("我家着火了，快来人救命", id="one")
        assert "119" in await page.hear("bot")
        await page.wait("owner", owner="waiting_for_agent")
        assert h.dialogue.requests == []
        assert (await only_conversation(h)).skill == "crisis"


async def test_someone_waiting_may_change_their_mind(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("转人工", id="one")
        await page.wait("owner", owner="waiting_for_agent")
        await page.say("不等了", id="two")
        await page.wait("owner", owner="bot")
        await page.say("你好", id="three")
        assert await page.hear("bot") == "回声：你好"


async def test_each_message_of_somebody_waiting_is_acknowledged_and_a_flood_once(
    tmp_path: Path,
) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("转人工", id="one")
        await page.wait("owner", owner="waiting_for_agent")
        for number, words in enumerate(("电梯又停了", "在3栋", "快来")):
            await page.say(words, id=f"said-{number}")
        await page.say("不等了", id="last")
        heard = [await page.hear("system")]
        while "不再等候" not in heard[-1]:
            heard.append(await page.hear("system"))
        assert sum("还没接入" in one for one in heard) == 1
        assert sum("记下了" in one for one in heard) == 1


async def test_what_was_no_emergency_is_registered_in_the_same_words(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        said = "我家着火了，快来人救命"
        await page.say(said, id="one")
        await page.wait("owner", owner="waiting_for_agent")
        await page.say("取消转人工", id="two")
        offered = (await page.wait("message"))["message"]
        while not offered.get("choices"):
            offered = (await page.wait("message"))["message"]
        await page.socket.send_json(
            {
                "type": "choose",
                "id": "three",
                "message_id": offered["id"],
                "choice": offered["choices"][0]["id"],
            }
        )
        assert await page.hear("bot") == f"回声：{said}"
        assert h.dialogue.requests[-1].metadata["calm"] is True
        await page.say("另一家也着火了，快来人救命", id="four")
        assert "119" in await page.hear("bot")


async def test_who_gives_up_waiting_for_another_reason_is_just_asked(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("我不想活了，活着没意思", id="one")
        await page.wait("owner", owner="waiting_for_agent")
        await page.say("不等了", id="two")
        while "不再等候" not in await page.hear("system"):
            pass
        await page.say("我不想活了，活着没意思", id="three")
        assert "12356" in await page.hear("bot")
        assert h.dialogue.requests == []


async def test_what_a_stopped_gateway_left_is_answered_by_the_next(tmp_path: Path) -> None:
    async def never(request: TurnRequest) -> TurnReply:
        raise DialogueUnavailable("down")

    async with house(tmp_path, ScriptedDialogue(never)) as h, h.page() as page:
        await page.say("别丢了我", id="one")
        await page.wait("accepted")
    async with house(tmp_path) as h, h.page(token=page.token) as back:
        assert await back.hear("bot") == "回声：别丢了我"


async def test_a_row_that_cannot_be_read_does_not_hold_up_the_rest(tmp_path: Path) -> None:
    release = asyncio.Event()

    async def turn(request: TurnRequest) -> TurnReply:
        await release.wait()
        return reply(request.text)

    async with house(tmp_path, ScriptedDialogue(turn)) as h, h.page() as page:
        await page.say("第一句", id="one")
        await page.wait("accepted")
        await page.say("坏行", id="two")
        broken = (await page.wait("accepted"))["message_id"]
        await h.database.transact(
            lambda conn: conn.exec_driver_sql(
                'UPDATE messages SET parts = \'[{"kind": "nonsense"}]\' WHERE id = ?', (broken,)
            )
        )
        release.set()
        async with asyncio.timeout(20):
            while await h.database.read(inbox.count_pending):
                await asyncio.sleep(0.1)
        conversation = await only_conversation(h)
        assert conversation.owner is Owner.WAITING
        assert conversation.handoff_reason == "turn_failed"


async def test_a_bug_in_a_turn_is_tried_again_then_given_to_a_person(tmp_path: Path) -> None:
    async def turn(request: TurnRequest) -> TurnReply:
        raise ZeroDivisionError

    async with house(tmp_path, ScriptedDialogue(turn)) as h, h.page() as page:
        await page.say("你好", id="one")
        assert "对不起" in await page.hear("bot")
        await page.wait("owner", owner="waiting_for_agent")
        assert len(h.dialogue.requests) == 2


async def test_quick_messages_are_joined_where_the_channel_says_so(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        webchat = h.gateway.channels["webchat"]
        webchat.capabilities = replace(webchat.capabilities, join_burst=timedelta(milliseconds=300))
        await page.say("我家楼下", id="one")
        await page.say("路灯坏了", id="two")
        assert await page.hear("bot") == "回声：我家楼下\n路灯坏了"
        assert len(h.dialogue.requests) == 1


async def test_danger_spoken_while_waiting_goes_to_the_front(tmp_path: Path) -> None:
    async with house(tmp_path) as h, h.page() as page:
        await page.say("转人工", id="one")
        await page.wait("owner", owner="waiting_for_agent")
        await page.say("我不想活了，活着没意思", id="two")
        assert "12356" in await page.hear("bot")
        async with asyncio.timeout(20):
            while (await only_conversation(h)).skill != "crisis":
                await asyncio.sleep(0.05)
