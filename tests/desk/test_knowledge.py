"""The knowledge editor's pages."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from connectors.desk.gap_groups import grouped
from connectors.store import gaps, votes
from connectors.store.gaps import Gap
from connectors.store.votes import Answered, Vote
from knowledge.base import base_folder
from knowledge.documents.ingest import ingest
from knowledge.published.editor import Editor
from tests.desk.people import csrf, log_in, make_agent
from tests.house import House, house

ENTRY = """---
id: permit
title: 居住证遗失补领
issuer: 示例市公安局
effective_from: 2020-01-01
---
## 需要材料
居民身份证。

## 办理地点
居住地派出所。
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "entries"
    folder.mkdir()
    (folder / "permit.md").write_text(ENTRY, encoding="utf-8")
    ingest(base_folder(data=tmp_path), [folder])
    return tmp_path


async def editor(h: House, role: str = "editor") -> str:
    await make_agent(h, "e1", role)
    await log_in(h, "e1")
    return await csrf(h)


OTHERS = """id,title,text,region,effective_from,effective_to,keeper,topics
old,旧办法,旧。,340100,,2020-12-31,李,养犬
coming,新办法,新。,340123,2099-01-01,,王,
gone,撤下的,无。,000000,,,,
"""


async def test_all_entries_are_listed_by_status_place_keeper_and_topic(
    data: Path, tmp_path: Path
) -> None:
    (tmp_path / "others.csv").write_text(OTHERS, encoding="utf-8")
    folder = base_folder(data=tmp_path)
    ingest(folder, [tmp_path / "others.csv"])
    async with house(data) as h:
        await editor(h)

        async def listed(**asked: str) -> set[str]:
            page = await (await h.client.get("/desk/knowledge/entries", params=asked)).text()
            return {one for one in ("permit", "old", "coming", "gone") if f'id={one}"' in page}

        assert await listed() == {"permit", "old", "coming", "gone"}
        await asyncio.to_thread(Editor(folder).remove, "gone", "e1", "作废")
        assert await listed(status="in_force") == {"permit"}
        assert await listed(status="ended") == {"old"}
        assert await listed(status="not_yet") == {"coming"}
        assert await listed(status="taken_out") == {"gone"}
        assert await listed(region="合肥市") == {"old", "coming"}
        assert await listed(region="安徽省合肥市肥西县") == {"coming"}
        assert await listed(keeper="王") == {"coming"}
        assert await listed(topic="养犬") == {"old"}
        assert await listed(q="办法", status="ended") == {"old"}
        await asyncio.to_thread(Editor(folder).restore, "gone", 1, "e1", "回来")
        assert await listed(status="taken_out") == set()
        unclear = await h.client.get("/desk/knowledge/entries", params={"region": "鼓楼区"})
        assert "江苏省徐州市鼓楼区" in await unclear.text()


async def test_a_long_list_is_turned_page_by_page(data: Path, tmp_path: Path) -> None:
    rows = (
        json.dumps({"id": f"n{n:03}", "title": f"第{n:03}条", "text": "。"}) for n in range(120)
    )
    (tmp_path / "many.jsonl").write_text("\n".join(rows), encoding="utf-8")
    ingest(base_folder(data=tmp_path), [tmp_path / "many.jsonl"])
    async with house(data) as h:
        await editor(h)
        pages = [
            await (await h.client.get(f"/desk/knowledge/entries?q=条&page={page}")).text()
            for page in ("1", "3", "99", "x")
        ]
        assert "第001条" not in pages[1]
        assert "第119条" in pages[1]
        assert pages[2] == pages[1]
        assert pages[3] == pages[0]
        assert "第 1 / 3 页" in pages[0]


async def test_a_place_is_chosen_by_its_name(data: Path) -> None:
    async with house(data) as h:
        token = await editor(h)
        found = await h.client.get("/desk/knowledge/places", params={"q": "肥西"})
        assert await found.json() == ["安徽省合肥市肥西县"]
        form = {"id": "x", "title": "甲", "text": "乙", "what": "save", "why": "新", "csrf": token}
        await h.client.post("/desk/knowledge/entry", data={**form, "region": "安徽省合肥市肥西县"})
        entry = Editor(base_folder(data=data)).entry("x")
        assert entry is not None
        assert entry.region == "340123"
        page = await (await h.client.get("/desk/knowledge/entry", params={"id": "x"})).text()
        assert 'name="region" value="安徽省合肥市肥西县"' in page
        again = await h.client.post(
            "/desk/knowledge/entry", data={**form, "id": "y", "region": "鼓楼区"}
        )
        assert "福建省福州市鼓楼区" in await again.text()
        searched = await h.client.get("/desk/knowledge", params={"q": "甲", "region": "肥西县"})
        assert "肥西县" in await searched.text()


async def test_the_search_says_what_a_citizen_would_get_and_why(data: Path) -> None:
    async with house(data) as h:
        await editor(h)
        params = {"q": "居住证丢了怎么补", "on": "2026-11-22"}
        shown = await (await h.client.get("/desk/knowledge", params=params)).text()
        assert "直接回答" in shown
        assert "居住地派出所。" in shown
        before = await (
            await h.client.get("/desk/knowledge", params={**params, "on": "2019-01-01"})
        ).text()
        assert "如实说没有" in before  # not in force yet
        wrong = await h.client.get("/desk/knowledge", params={"q": "补领", "on": "昨天"})
        assert "日期如2026-11-22" in await wrong.text()


async def test_an_entry_is_previewed_changed_and_brought_back(data: Path) -> None:
    async with house(data) as h:
        token = await editor(h)
        form = {
            "csrf": token,
            "known": "permit",
            "id": "permit",
            "title": "居住证遗失补领",
            "text": "## 需要材料\n居民身份证和照片。",
            "effective_from": "2020-01-01",
        }
        path = "/desk/knowledge/entry"
        asked = Editor(base_folder(data=data))
        preview = await h.client.post(path, data={**form, "what": "preview"})
        assert "居民身份证和照片。" in await preview.text()
        assert len(asked.versions("permit")) == 1
        unexplained = await h.client.post(path, data={**form, "what": "save"})
        assert "请写明为什么改" in await unexplained.text()
        assert len(asked.versions("permit")) == 1
        saved = await h.client.post(path, data={**form, "what": "save", "why": "补材料"})
        assert "补材料" in await saved.text()
        params = {"q": "居住证补领要什么材料", "on": "2026-11-22"}
        live = await (await h.client.get("/desk/knowledge", params=params)).text()
        assert "居民身份证和照片。" in live  # published without a restart
        back = {"csrf": token, "id": "permit", "known": "permit", "version": "1"}
        await h.client.post(path, data={**back, "what": "restore", "why": "改错了"})
        restored = asked.entry("permit")
        assert restored is not None
        assert [section.text for section in restored.sections] == ["居民身份证。", "居住地派出所。"]


async def test_a_change_does_not_silently_undo_what_somebody_else_changed_meanwhile(
    data: Path,
) -> None:
    async with house(data) as h:
        token = await editor(h)
        asked = Editor(base_folder(data=data))
        path = "/desk/knowledge/entry"
        opened = await (await h.client.get(path, params={"id": "permit"})).text()
        assert 'name="seen" value="1"' in opened
        form = {"csrf": token, "known": "permit", "id": "permit", "title": "居住证遗失补领"}
        form |= {"what": "save", "why": "改", "seen": "1"}
        await h.client.post(path, data={**form, "text": "别人写的。"})
        preview = {**form, "text": "我写的。", "what": "preview"}
        shown = await (await h.client.post(path, data=preview)).text()
        assert 'name="seen" value="1"' in shown  # looking at it is not seeing the other one
        late = await (await h.client.post(path, data={**form, "text": "我写的。"})).text()
        assert "已经改过这一条（第 2 版：改）" in late
        assert "我写的。" in late
        assert 'name="seen" value="2"' in late
        assert len(asked.versions("permit")) == 2
        await h.client.post(path, data={**form, "text": "我写的。", "seen": "2"})
        assert len(asked.versions("permit")) == 3


async def test_an_unsound_entry_is_refused_and_what_was_written_stays(data: Path) -> None:
    async with house(data) as h:
        token = await editor(h)
        form = {
            "csrf": token,
            "what": "save",
            "why": "新",
            "id": "new",
            "title": "新规定",
            "text": "正文在此",
            "effective_from": "2026-01-02",
            "effective_to": "2026-01-01",
        }
        refused = await (await h.client.post("/desk/knowledge/entry", data=form)).text()
        assert "早于生效日期" in refused
        assert "正文在此" in refused
        taken = {**form, "id": "permit", "effective_to": ""}
        assert (
            "已经有条目" in await (await h.client.post("/desk/knowledge/entry", data=taken)).text()
        )


async def test_gaps_are_grouped_and_settled(data: Path) -> None:
    async with house(data) as h:
        now = h.clock.now()

        def unit(conn: Connection) -> None:
            for question in ("怎么办护照", "护照怎么办", "怎么办理护照", "我的电话13800001234"):
                gaps.record(conn, now, question=question, reason="none")

        await h.database.transact(unit)
        token = await editor(h)
        shown = await (await h.client.get("/desk/knowledge/gaps")).text()
        assert "13800001234" not in shown
        groups = grouped(await h.database.read(gaps.latest))
        assert len(groups[0].gaps) >= 2
        ids = ",".join(str(gap.id) for group in groups for gap in group.gaps)
        await h.client.post("/desk/knowledge/gaps", data={"csrf": token, "ids": ids})
        assert await h.database.read(gaps.latest) == []


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("种子生产经营许可证怎么办", "种子经营许可证要什么材料", True),
        ("商标注册多少钱", "商标注册在哪办", True),
        ("商标注册多少钱", "专利申请多少钱", False),
        ("多少钱", "在哪办", False),
        ("无人机飞行要不要报备", "我想飞无人机要到哪报备", True),
        ("无人机飞之前需要报备吗", "无人机飞行要不要报备", True),
        ("无人机飞行要不要报备", "无人机考证去哪报名", False),
        ("小区能装充电桩吗", "充电桩报装找哪个部门", True),
        ("电动车上牌要钱吗", "电驴上牌要带什么", True),
    ],
)
def test_questions_about_one_thing_are_one_group(one: str, other: str, together: bool) -> None:
    asked = [
        Gap(number, datetime(2026, 11, 22, tzinfo=UTC), text, "none")
        for number, text in enumerate((one, other), 1)
    ]
    assert (len(grouped(asked)) == 1) is together


async def test_what_ends_soon_is_listed(data: Path) -> None:
    soon = date.today() + timedelta(days=10)  # noqa: DTZ011
    folder = data / "more"
    folder.mkdir()
    (folder / "old.md").write_text(
        f"---\nid: old\ntitle: 旧办法\neffective_to: {soon}\n---\n旧办法的内容。\n",
        encoding="utf-8",
    )
    ingest(base_folder(data=data), [folder])
    async with house(data) as h:
        await editor(h)
        shown = await (await h.client.get("/desk/knowledge/ending")).text()
        assert "旧办法" in shown
        assert str(soon) in shown


async def test_an_agent_is_no_editor(data: Path) -> None:
    async with house(data) as h:
        token = await editor(h, "agent")
        for path in ("", "/gaps", "/ending", "/entry"):
            assert (await h.client.get(f"/desk/knowledge{path}")).status == 403
        form = {"csrf": token, "id": "permit", "what": "remove", "why": "x"}
        assert (await h.client.post("/desk/knowledge/entry", data=form)).status == 403


def test_questions_of_the_same_words_are_one_group_and_others_are_not() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    asked = ("公积金怎么提取", "公积金怎么提取？", "公积金 怎么提取", "结婚登记要什么")
    groups = grouped(Gap(n, now, text, "none") for n, text in enumerate(asked))
    assert [[gap.id for gap in group.gaps] for group in groups] == [[0, 1, 2], [3]]


async def test_votes_are_shown_with_their_entry_and_what_failed_with_the_gaps(data: Path) -> None:
    async with house(data) as h:
        now = h.clock.now()

        def unit(conn: Connection) -> None:
            for n, vote in enumerate((Vote.UP, Vote.DOWN, Vote.UNSOLVED)):
                asked = Answered("c_1", f"m_{n}", "permit", "permit#0", "补领要带啥 13800001234")
                votes.record(conn, now, asked, vote)
            gaps.record(conn, now, question="补领要带啥", reason="unhelpful")

        await h.database.transact(unit)
        await editor(h)
        shown = await (await h.client.get("/desk/knowledge/entry?id=permit")).text()
        assert "有帮助 1 · 👎 没解决 2" in shown
        assert "补领要带啥" in shown
        assert "13800001234" not in shown
        listed = await (await h.client.get("/desk/knowledge/gaps")).text()
        assert "答了没解决" in listed
        assert "没帮上忙的条目" in listed
        assert "/desk/knowledge/entry?id=permit" in listed


async def test_a_draft_holds_how_people_asked_and_what_it_answers_is_no_gap_any_more(
    data: Path,
) -> None:
    async with house(data) as h:
        now = h.clock.now()

        def unit(conn: Connection) -> None:
            for question in ("宠物猪能养吗", "宠物猪能不能养？"):
                gaps.record(conn, now, question=question, reason="none", region="340100")
            gaps.record(conn, now, question="别的", reason="none")

        await h.database.transact(unit)
        token = await editor(h)
        listed = await (await h.client.get("/desk/knowledge/gaps")).text()
        assert "还有人这样问" in listed
        path = "/desk/knowledge/entry"
        draft = await (await h.client.get(path, params={"gaps": "1,2,x"})).text()
        assert (
            "宠物猪能养吗\n宠物猪能不能养？" in draft or "宠物猪能不能养？\n宠物猪能养吗" in draft
        )
        assert 'value="安徽省合肥市"' in draft
        form = {
            "csrf": token,
            "id": "pig",
            "title": "宠物猪",
            "text": "不可以。",
            "region": "340100",
            "gaps": "1,2",
            "what": "save",
            "why": "有人问",
        }
        await h.client.post(path, data=form)
        left = await h.database.read(gaps.latest)
        assert [gap.question for gap in left] == ["别的"]


async def test_the_search_names_what_the_masks_kept_out_and_why(data: Path) -> None:
    async with house(data) as h:
        await editor(h)
        params = {"q": "居住证遗失补领", "on": "2019-01-01"}
        shown = await (await h.client.get("/desk/knowledge", params=params)).text()
        assert "字面对得上、但不能用的" in shown
        assert "当天还没生效（2020-01-01 起）" in shown


async def test_an_old_version_can_be_looked_at_before_it_is_brought_back(data: Path) -> None:
    async with house(data) as h:
        token = await editor(h)
        path = "/desk/knowledge/entry"
        form = {"csrf": token, "known": "permit", "id": "permit", "title": "新名", "text": "新的。"}
        saved = await h.client.post(
            path, data={**form, "what": "save", "why": "改", "aliases": "甲证"}
        )
        assert "甲证" in await saved.text()
        old = await (await h.client.get(path, params={"id": "permit", "version": "1"})).text()
        assert "第 1 版" in old
        assert "居住地派出所。" in old


async def test_a_question_whose_candidate_was_chosen_is_no_gap(data: Path) -> None:
    async with house(data) as h:
        now = h.clock.now()

        def unit(conn: Connection) -> list[str]:
            for question, reason in (
                ("甲", "candidates"),
                ("乙", "candidates"),
                ("甲", "unhelpful"),
            ):
                gaps.record(conn, now, question=question, reason=reason, conversation_id="t1")
            gaps.found_after_all(conn, "t1", "甲")
            return sorted(f"{gap.question} {gap.reason}" for gap in gaps.latest(conn))

        assert await h.database.transact(unit) == ["乙 candidates", "甲 unhelpful"]
