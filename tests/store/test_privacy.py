"""One person's data: all of it is found, given out, and gone when erased; of nobody else."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from connectors.conversation.ownership import Owner
from connectors.ids import ContactId, ConversationId
from connectors.messages import Outbound, Text
from connectors.store import (
    agents,
    conversations,
    deliveries,
    gaps,
    identity_tables,
    inbox,
    messages,
    notes,
    order_work,
    ticket_events,
    tickets,
    votes,
    work_orders,
)
from connectors.store import schema as tables
from connectors.store.answer_tables import knowledge_votes
from connectors.store.database import Database, SqliteDatabase
from connectors.store.delivery_tables import opt_outs, pieces, stray_receipts
from connectors.store.desk_tables import conversation_fields
from connectors.store.open import FILE, open_embedded
from connectors.store.order_tables import work_orders as order_table
from connectors.store.privacy import find, trackers
from connectors.store.privacy.columns import IMPERSONAL, PERSONAL, Left
from connectors.store.privacy.erase import Marks, erase, hide_in, without_regions
from connectors.store.privacy.export import export
from connectors.store.privacy.retain import Step, forget_orders, forget_talks, forget_traces
from connectors.store.privacy.scrub import overwrite, wipe_log
from connectors.store.sms_tables import sms_parts
from connectors.store.tables import metadata
from connectors.store.ticket_tables import ticket_sends
from connectors.store.votes import Answered, Vote
from connectors.store.wechat_tables import wechat_consents, wechat_files
from tests.store.people import NOON, conversation, write

MARKS = Marks("（已删除）", "＊＊＊")
PHONE = "13800001234"
NAME = "张先生"
SAID = "蓝鲸胡同七号楼"  # words that occur nowhere else


def test_somebody_has_decided_about_every_column() -> None:
    for name, table in metadata.tables.items():
        known = set(PERSONAL.get(name, ())) | IMPERSONAL.get(name, frozenset())
        assert {column.name for column in table.columns} == known, name
        assert not set(PERSONAL.get(name, ())) & IMPERSONAL.get(name, frozenset()), name
    assert set(PERSONAL) | set(IMPERSONAL) == set(metadata.tables)


@dataclass(frozen=True)
class Known:
    """A person of the tests: all that can be stored about one is."""

    contact: ContactId
    talk: ConversationId
    order: str
    open_order: str


async def a_person(database: Database, address: str = "openid-blue-whale", n: int = 1) -> Known:
    """Somebody who wrote, was answered, filed two orders; every personal column is filled."""
    accepted = await write(database, f"我是{NAME}，{SAID}漏水", person=address, channel="wechat")
    await write(database, SAID, person=address, channel="wechat", id="m2")
    talk = await conversation(database, accepted.conversation_id)
    phone = PHONE if n == 1 else "13900005678"

    def unit(conn: Connection) -> None:
        conn.execute(
            update(tables.contacts)
            .where(tables.contacts.c.id == talk.contact_id)
            .values(verified_phone=phone, region="340104")
        )
        said = messages.add(
            conn,
            talk,
            Outbound((Text(f"{NAME}您好，{SAID}已登记"),)),
            NOON,
            dedup_key=f"desk\x1f{SAID}{n}",
        )
        conn.execute(
            update(tables.messages)
            .where(tables.messages.c.conversation_id == talk.id)
            .values(
                choices=[{"id": "k", "label": SAID, "payload": SAID}],
                picked={"message_id": "m", "choice_id": SAID},
                external_id=f"{SAID}{n}",
            )
        )
        (delivery,) = [d for d in deliveries.listed(conn, ["queued"]) if d.message_id == said.id]
        conn.execute(
            update(tables.deliveries)
            .where(tables.deliveries.c.id == delivery.id)
            .values(provider_id=f"{SAID}{n}", error_detail=SAID)
        )
        conn.execute(
            insert(pieces).values(
                delivery_id=delivery.id,
                piece=0,
                channel="wechat",
                account="default",
                provider_id=f"piece{SAID}{n}",
                state="sent",
                sent_at=NOON,
            )
        )
        conn.execute(
            insert(stray_receipts).values(
                channel="wechat",
                account="default",
                name=f"piece{SAID}{n}",
                ours=False,
                state="failed",
                error_detail=SAID,
                at=NOON,
            )
        )
        conn.execute(insert(opt_outs).values(channel="wechat", address=address, at=NOON))
        conn.execute(
            insert(sms_parts).values(
                account="default",
                address=address,
                reference=1,
                total=2,
                number=1,
                content=SAID.encode(),
                charset="utf-8",
                external_id=f"{SAID}{n}",
                handed_as=f"{SAID}{n}",
                received_at=NOON,
            )
        )
        conn.execute(
            insert(wechat_consents).values(
                account="default",
                openid=address,
                template="t-1",
                last_event=f"{SAID}{n}",
                updated_at=NOON,
            )
        )
        conn.execute(
            insert(wechat_files).values(
                channel="wechat",
                account="default",
                external_id=f"{SAID}{n}",
                address=address,
                kind="voice",
                media_id=f"{SAID}{n}",
                received_at=NOON,
                next_at=NOON,
            )
        )
        conn.execute(
            insert(identity_tables.phones).values(
                phone=f"+86{phone}", contact_id=talk.contact_id, proved_at=NOON
            )
        )
        conn.execute(
            insert(identity_tables.phone_codes).values(
                id=f"v{n}",
                phone=f"+86{phone}",
                conversation_id=talk.id,
                contact_id=talk.contact_id,
                asked_by=f"m{n}",
                nonce="0" * 32,
                state="used",
                issued_at=NOON,
                expires_at=NOON,
            )
        )
        conn.execute(
            insert(identity_tables.open_forms).values(
                conversation_id=talk.id, session=1, draft={"said": SAID}, updated_at=NOON
            )
        )
        clerk = agents.add(conn, f"clerk{n}", "3号座席", "hash", "agent", NOON)
        notes.add(conn, NOON, talk.id, clerk.id, f"{NAME}的{SAID}，已转")
        conn.execute(
            insert(conversation_fields).values(
                conversation_id=talk.id,
                version=1,
                fields={"place_text": SAID},
                updated_at=NOON,
                updated_by=clerk.id,
            )
        )
        gaps.record(
            conn, NOON, question=SAID, reason="none", conversation_id=talk.id, region="340104"
        )
        asked = Answered(talk.id, "m_1", "rule", "rule#0", SAID, "340104")
        votes.record(conn, NOON, asked, Vote.DOWN)
        for which, status in (("closed", "closed"), ("open", "open")):
            order = work_orders.NewWorkOrder(
                key=f"{which}{n}",
                channel="wechat",
                kind="投诉",
                title=f"{SAID}漏水",
                content=f"{NAME}反映{SAID}漏水，电话{phone}，证号11010119900101123X",
                conversation_id=talk.id,
                contact_id=talk.contact_id,
                caller_phone=phone,
                contact_name=NAME,
                contact_phone=phone,
                on_behalf=f"{NAME}的母亲",
                time_text=f"{NAME}说昨天",
                recurrence=f"{NAME}说每天",
                place_text=SAID,
                place_region="340104",
                latitude=31.8,
                longitude=117.2,
                subject=f"{SAID}物业",
                wanted=f"请给{NAME}回电{phone}",
                duration=f"{NAME}说三天了",
                enterprise=f"{NAME}的小店",
                credit_code="91340100MA2N000000",
                attachments=(f"a_{SAID}",),
            )
            node = work_orders.Node("受理登记", "done", NOON, "值班员", f"{NAME}来电{phone}")
            work_orders.add(conn, NOON, f"{which}{n}", order, (node,), "839201")
            work_orders.set_status(conn, f"{which}{n}", status)
            order_work.set_handling(conn, f"{which}{n}", {"answer": f"{NAME}，{SAID}的水管已修好"})
            order_work.add_step(
                conn,
                NOON,
                f"{which}{n}",
                actor="a_1",
                step="dispatch",
                station="派单",
                note=f"请联系{NAME}，{phone}",
            )
            work_orders.add_record(
                conn, NOON, f"{which}{n}", kind="supplement", text=f"{NAME}补充：{SAID}又漏了",
                key=f"{which}r{n}", conversation_id=talk.id,
            )  # fmt: skip
            tickets.hand_over(conn, f"{which}{n}", "core", NOON)
            tickets.tell(conn, f"{which}{n}", "urge", NOON, text=f"{NAME}催办")
            conn.execute(
                update(ticket_sends)
                .where(ticket_sends.c.number == f"{which}{n}")
                .values(error_detail=SAID)
            )
            ticket_events.keep(
                conn, "core", f"{which}e{n}", number=f"{which}{n}", receipt=None, at=NOON,
                body={"note": SAID}, now=NOON, state="waiting",
            )  # fmt: skip

    await database.transact(unit)
    return Known(talk.contact_id, talk.id, f"closed{n}", f"open{n}")


def rows(conn: Connection) -> dict[str, list[dict[str, Any]]]:
    return {
        table.name: [dict(row._mapping) for row in conn.execute(select(table))]
        for table in metadata.sorted_tables
    }


async def everything(database: Database) -> str:
    return json.dumps(await database.read(rows), default=str, ensure_ascii=False)


async def erase_found(
    database: Database, look: Callable[[Connection], find.Found], **options: Any
) -> Any:
    found = await database.read(look)
    return await database.transact(
        lambda conn: erase(conn, found, NOON, MARKS, actor="test", **options)
    )


async def test_a_person_is_found_by_contact_address_and_proved_phone(database: Database) -> None:
    person = await a_person(database)
    wanted = find.Found((person.contact,), (person.order, person.open_order))
    for look in (
        lambda conn: find.by_contact(conn, person.contact),
        lambda conn: find.by_address(conn, "wechat", "openid-blue-whale"),
        lambda conn: find.by_phone(conn, PHONE),
        lambda conn: find.by_phone(conn, "+86 138-0000-1234"),
    ):
        assert await database.read(look) == wanted
    for nobody in (
        lambda conn: find.by_contact(conn, "p_none"),
        lambda conn: find.by_address(conn, "webchat", "openid-blue-whale"),
        lambda conn: find.by_phone(conn, "13800009999"),
    ):
        assert not await database.read(nobody)


async def test_a_number_somebody_merely_typed_does_not_give_away_their_talk(
    database: Database,
) -> None:
    person = await a_person(database)

    def unproved(conn: Connection) -> None:
        conn.execute(delete(identity_tables.phones))
        conn.execute(update(tables.contacts).values(verified_phone=None))

    await database.transact(unproved)
    found = await database.read(lambda conn: find.by_phone(conn, PHONE))
    assert found == find.Found((), (person.order, person.open_order), (person.contact,))
    data = await database.read(lambda conn: export(conn, found))
    assert data["messages"] == []
    assert len(data["work_orders"]) == 2


async def test_who_writes_from_a_number_has_proved_it(database: Database) -> None:
    accepted = await write(database, person=PHONE, channel="sms")
    talk = await conversation(database, accepted.conversation_id)
    found = await database.read(lambda conn: find.by_phone(conn, PHONE))
    assert found.contacts == (talk.contact_id,)


async def test_an_export_has_every_personal_column_filled_and_nobody_else(
    database: Database,
) -> None:
    person = await a_person(database)
    other = await a_person(database, "openid-other", 2)
    found = await database.read(lambda conn: find.by_contact(conn, person.contact))
    data = await database.read(lambda conn: export(conn, found))
    text_ = json.dumps(data, ensure_ascii=False)
    for table, columns in PERSONAL.items():
        if table == "stray_receipts":  # a platform's word about a message, deleted in three days
            continue
        for column in columns:
            assert any(row[column] is not None for row in data[table]), (table, column)
    assert [row["seq"] for row in data["messages"]] == [1, 2, 3]
    assert other.contact not in text_
    assert "13900005678" not in text_


async def test_after_an_erasure_nothing_personal_is_left_and_others_are_untouched(
    database: Database,
) -> None:
    other = await a_person(database, "openid-other", 2)
    before = await database.read(lambda conn: export(conn, find.by_contact(conn, other.contact)))
    person = await a_person(database)
    done = await erase_found(
        database, lambda conn: find.by_contact(conn, person.contact), open_orders=True
    )
    assert (done.messages, done.orders) == (3, (person.order, person.open_order))
    after = await database.read(lambda conn: export(conn, find.by_contact(conn, other.contact)))
    assert after == before
    data = await database.read(lambda conn: export(conn, find.by_contact(conn, person.contact)))
    left = json.dumps(data, ensure_ascii=False)
    for secret in (NAME, SAID, PHONE, "openid-blue-whale", "11010119900101123", "839201", "117.2"):
        assert secret not in left, secret
    for table, columns in PERSONAL.items():
        for column, what in columns.items():
            values = [row[column] for row in data.get(table, [])]
            match what:
                case Left.NOTHING:
                    assert all(value in (None, []) for value in values), (table, column)
                case Left.PSEUDONYM:
                    assert all(v is None or v.startswith("erased:") for v in values)
                case Left.NOTICE:
                    assert all("（已删除）" in str(value) for value in values)
                case Left.HIDDEN:
                    assert all(v is None or "＊＊＊" in v for v in values), (table, column)
    assert "漏水" in data["work_orders"][0]["content"]  # the matter stays
    assert {row["event"] for row in data["audit"]} == {"privacy.erased"}


async def test_a_receipt_that_comes_after_the_erasure_finds_nothing(database: Database) -> None:
    person = await a_person(database)
    await erase_found(database, lambda conn: find.by_contact(conn, person.contact))
    strays = await database.read(lambda conn: conn.execute(select(stray_receipts)).all())
    assert strays == []


async def test_open_orders_keep_their_contact_unless_told_otherwise(database: Database) -> None:
    person = await a_person(database)
    done = await erase_found(database, lambda conn: find.by_contact(conn, person.contact))
    assert (done.orders, done.left) == ((person.order,), (person.open_order,))
    order = await database.read(lambda conn: work_orders.by_number(conn, person.open_order))
    assert order is not None
    assert order.filed.contact_phone == PHONE
    await database.transact(lambda conn: work_orders.set_status(conn, person.open_order, "closed"))
    again = await erase_found(database, lambda conn: find.by_contact(conn, person.contact))
    assert (again.messages, again.left) == (0, ())
    assert PHONE not in await everything(database)


async def test_an_erased_conversation_is_over_and_its_person_begins_anew(
    database: Database,
) -> None:
    person = await a_person(database)
    before = await conversation(database, person.talk)
    await erase_found(database, lambda conn: find.by_contact(conn, person.contact))
    talk = await conversation(database, person.talk)
    assert talk.owner is Owner.CLOSED
    assert talk.epoch > before.epoch
    assert talk.fence > before.fence
    assert await database.read(inbox.count_pending) == 0
    assert await database.read(lambda conn: deliveries.listed(conn, ["queued"])) == []
    said = await database.read(lambda conn: messages.after(conn, person.talk, 0))
    assert [message.text for message in said] == ["（已删除）"] * 3
    assert [message.choices for message in said] == [()] * 3
    anew = await write(database, "又是我", person="openid-blue-whale", channel="wechat")
    assert anew.conversation_id != person.talk
    assert (anew.seq, anew.duplicate) == (1, False)


async def test_the_trail_of_an_erasure_names_ids_only(database: Database) -> None:
    person = await a_person(database)
    await erase_found(database, lambda conn: find.by_phone(conn, PHONE))
    trail = await database.read(
        lambda conn: json.dumps(
            [row.detail for row in conn.execute(select(tables.audit))], ensure_ascii=False
        )
    )
    assert person.contact in trail
    for secret in (NAME, SAID, PHONE, "openid"):
        assert secret not in trail


@pytest.mark.parametrize(
    ("said", "hidden"),
    [
        ("张先生在家", "＊在家"),
        ("电话13800001234转8", "电话＊转8"),
        ("电话138 0000 1234。", "电话＊。"),
        ("座机0551-6262 1234", "座机＊"),
        ("证号11010119900101123X在案", "证号＊在案"),
        ("卡号6222021234567890123", "卡号＊"),
        ("3栋1202室，欠费120000元", "3栋1202室，欠费120000元"),
        ("2026年3月2日12点", "2026年3月2日12点"),
        ("", ""),
    ],
)
def test_names_and_long_numbers_are_hidden_and_the_matter_is_not(said: str, hidden: str) -> None:
    assert hide_in(said, ["张先生", ""], "＊") == hidden


@pytest.mark.parametrize(
    ("place", "said", "left"),
    [
        ("某省某市蜀山区翠微路5号", "翠微路5号院没人扫，蜀山区都这样", "＊院没人扫，蜀山区都这样"),
        ("蜀山区翠微路5号", "蜀山区翠微路5号没人扫", "＊没人扫"),
        ("蜀山区", "蜀山区没人扫", "＊没人扫"),
        ("翡翠小区3栋", "小区没人扫", "小区没人扫"),
    ],
)
def test_a_place_is_hidden_without_its_regions_too(place: str, said: str, left: str) -> None:
    assert hide_in(said, [place, *without_regions(place)], "＊") == left


async def test_what_a_person_told_in_one_place_is_hidden_in_all_their_orders(
    database: Database,
) -> None:
    person = await a_person(database)
    house = "紫藤弄17号"

    def unit(conn: Connection) -> None:
        conn.execute(
            update(order_table)
            .where(order_table.c.number == person.order)
            .values(place_text=house, content=f"我叫欧阳明月，{house}漏水", title="漏水")
        )
        conn.execute(
            update(order_table)
            .where(order_table.c.number == person.open_order)
            .values(place_text="欧阳明月", title=f"{house}没灯", content=f"{house}没灯，欧阳明月")
        )

    await database.transact(unit)
    await write(database, "我是小欧阳", person="openid-blue-whale", channel="wechat", id="m9")
    marks = replace(MARKS, personal=lambda text: re.findall("小?欧阳(?:明月)?", text))
    found = await database.read(lambda conn: find.by_contact(conn, person.contact))
    await database.transact(
        lambda conn: erase(conn, found, NOON, marks, actor="test", open_orders=True)
    )
    left = await everything(database)
    for word in ("欧阳", "紫藤弄"):
        assert word not in left
    assert "＊＊＊没灯" in left


async def test_a_place_told_without_its_district_is_gone_with_it(database: Database) -> None:
    person = await a_person(database)
    whole = {"place_text": f"蜀山区{SAID}", "content": f"{SAID}漏水"}
    await database.transact(lambda conn: conn.execute(update(order_table).values(**whole)) and None)
    await erase_found(
        database, lambda conn: find.by_contact(conn, person.contact), open_orders=True
    )
    assert SAID not in await everything(database)


# By age ----------------------------------------------------------------------------------------


async def test_old_words_are_forgotten_and_new_ones_are_not(database: Database) -> None:
    person = await a_person(database)
    later = NOON + timedelta(days=100)
    recent = await write(
        database, "今天的新话", person="openid-blue-whale", channel="wechat", id="new", at=later
    )
    handled = update(tables.messages).values(inbox_state="handled")
    await database.transact(lambda conn: conn.execute(handled) and None)
    step = await database.transact(
        lambda conn: forget_talks(conn, later - timedelta(days=1), later, MARKS)
    )
    assert (step.messages, step.conversations, step.last) == (3, 0, None)
    said = await database.read(lambda conn: messages.after(conn, person.talk, 0))
    assert [message.text for message in said] == ["（已删除）"] * 3 + ["今天的新话"]
    assert (await conversation(database, person.talk)).address == "openid-blue-whale"
    again = await write(
        database, "今天的新话", person="openid-blue-whale", channel="wechat", id="new", at=later
    )
    assert again == replace(recent, duplicate=True)


async def test_who_is_silent_for_long_is_forgotten_with_their_address(database: Database) -> None:
    person = await a_person(database)
    handled = update(tables.messages).values(inbox_state="handled")
    await database.transact(lambda conn: conn.execute(handled) and None)
    later = NOON + timedelta(days=100)
    step = await database.transact(lambda conn: forget_talks(conn, later, later, MARKS))
    assert (step.messages, step.conversations) == (3, 1)
    contact = await database.read(lambda conn: conversations.contact(conn, person.contact))
    assert (contact.verified_phone, contact.region) == (None, None)
    assert "openid-blue-whale" not in await everything(database)
    step = await database.transact(lambda conn: forget_talks(conn, later, later, MARKS))
    assert (step.messages, step.conversations) == (0, 0)


async def test_what_waits_for_its_turn_is_never_forgotten(database: Database) -> None:
    person = await a_person(database)  # its messages are pending
    later = NOON + timedelta(days=100)
    step = await database.transact(lambda conn: forget_talks(conn, later, later, MARKS))
    assert (step.messages, step.conversations) == (0, 0)
    assert await database.read(inbox.count_pending) == 2
    assert (await conversation(database, person.talk)).address == "openid-blue-whale"


async def test_many_conversations_are_forgotten_step_by_step(database: Database) -> None:
    for n in range(230):
        await write(database, person=f"v{n}")
    handled = update(tables.messages).values(inbox_state="handled")
    await database.transact(lambda conn: conn.execute(handled) and None)
    later = NOON + timedelta(days=100)
    after: str | None = ""
    steps = []
    while after is not None:

        def unit(conn: Connection, after: str = after) -> Step:
            return forget_talks(conn, later, later, MARKS, after)

        step = await database.transact(unit)
        steps.append(step.conversations)
        after = step.last
    assert steps == [100, 100, 30]


async def test_closed_orders_lose_their_person_by_age_and_open_ones_do_not(
    database: Database,
) -> None:
    person = await a_person(database)
    step = await database.transact(
        lambda conn: forget_orders(conn, NOON + timedelta(days=1), MARKS)
    )
    assert step.orders == 1
    closed = await database.read(lambda conn: work_orders.by_number(conn, person.order))
    still = await database.read(lambda conn: work_orders.by_number(conn, person.open_order))
    assert closed is not None
    assert still is not None
    assert (closed.filed.contact_phone, still.filed.contact_phone) == (None, PHONE)
    again = await database.transact(
        lambda conn: forget_orders(conn, NOON + timedelta(days=1), MARKS)
    )
    assert again.orders == 0


async def test_old_traces_are_deleted(database: Database) -> None:
    await a_person(database)
    later = NOON + timedelta(days=1)
    await database.transact(lambda conn: forget_traces(conn, later, later, actor="test"))

    def unit(conn: Connection) -> list[Any]:
        gaps_left = conn.execute(select(tables.knowledge_gaps)).all()
        by_hand = conn.execute(select(conversation_fields)).all()
        return [*gaps_left, *by_hand, *conn.execute(select(knowledge_votes)).all()]

    assert await database.read(unit) == []


# On the disk, and in Rasa's memory --------------------------------------------------------------


async def test_nothing_erased_can_be_read_off_the_disk(tmp_path: Path) -> None:
    store = open_embedded(tmp_path / FILE)
    person = await a_person(store)
    for n in range(50):
        await write(store, SAID * 40, person="openid-blue-whale", channel="wechat", id=f"x{n}")
    await store.close()
    assert SAID.encode() in (tmp_path / FILE).read_bytes()
    store = open_embedded(tmp_path / FILE)
    assert isinstance(store, SqliteDatabase)
    overwrite(store)
    await erase_found(store, lambda conn: find.by_contact(conn, person.contact), open_orders=True)
    assert wipe_log(store)
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        for secret in (SAID, NAME, PHONE, "openid-blue-whale"):
            assert secret.encode() not in content, (file.name, secret)
    await store.close()


def rasa_file(path: Path, sessions: dict[str, float]) -> None:
    """A tracker store as Rasa makes it."""
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id VARCHAR(255) NOT NULL, "
            "type_name VARCHAR(255) NOT NULL, timestamp FLOAT, intent_name VARCHAR(255), "
            "action_name VARCHAR(255), data TEXT)"
        )
        for session, at in sessions.items():
            for n in range(2):
                db.execute(
                    "INSERT INTO events (sender_id, type_name, timestamp, data) "
                    "VALUES (?, 'user', ?, ?)",
                    (session, at + n, json.dumps({"text": SAID}, ensure_ascii=False)),
                )
    db.close()


def test_rasa_forgets_the_sessions_of_a_conversation_and_no_other(tmp_path: Path) -> None:
    file = tmp_path / "rasa.db"
    rasa_file(file, {"c_1.1": 1.0, "c_1.2": 2.0, "c_10.1": 3.0, "c_2.1": 4.0})
    assert len(trackers.events(file, ["c_1"])) == 4
    assert trackers.events(file, ["c_1"])[0]["data"] == {"text": SAID}
    assert trackers.forget(file, ["c_1"]) == 4
    assert trackers.events(file, ["c_1"]) == []
    assert len(trackers.events(file, ["c_10", "c_2"])) == 4
    assert trackers.forget(file, ["c_10", "c_2"]) == 4
    assert SAID.encode() not in file.read_bytes()


def test_rasa_forgets_whole_sessions_by_age(tmp_path: Path) -> None:
    file = tmp_path / "rasa.db"
    cut = NOON.timestamp()
    rasa_file(file, {"c_1.1": cut - 100, "c_1.2": cut - 1, "c_2.1": cut + 100})
    assert trackers.forget_before(file, NOON) == 2
    assert len(trackers.events(file, ["c_1"])) == 2
    assert len(trackers.events(file, ["c_2"])) == 2
