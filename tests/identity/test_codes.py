"""A code is sent within limits, good for minutes and a few tries, and proves one phone once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from connectors import one_time_code
from connectors.ids import ContactId, ConversationId
from connectors.phones import Phone
from connectors.settings.identity import Identity
from connectors.store import conversations, deliveries, messages, outbox
from connectors.store.database import Database
from connectors.store.identity.codes import Answered, Issued, Limit, Limited, Outcome, OwnAlready
from connectors.store.identity_tables import contact_links, phone_codes
from connectors.store.schema import audit
from connectors.store.tables import metadata
from tests.identity.people import (
    LINE,
    OTHER,
    PHONE,
    RULES,
    Known,
    ask,
    give,
    person_of,
    phone_of,
    prove,
    sent_code,
    texter,
    visitor,
    wrong,
)
from tests.store.people import NOON

MINUTE = timedelta(minutes=1)


def after(n: int) -> datetime:
    return NOON + n * timedelta(minutes=2)


async def everything(database: Database) -> str:
    """All words of the store."""

    def unit(conn: Connection) -> list[list[str]]:
        return [
            [str(tuple(row)) for row in conn.execute(select(table))]
            for table in metadata.sorted_tables
        ]

    return json.dumps(await database.read(unit), ensure_ascii=False)


@given(st.binary(min_size=1, max_size=64), st.text("0123456789abcdef", min_size=32, max_size=32))
def test_a_code_is_six_digits_and_only_it_matches(key: bytes, nonce: str) -> None:
    code = one_time_code.code_of(key, nonce)
    assert len(code) == 6
    assert code.isdecimal()
    assert one_time_code.matches(key, nonce, code)
    assert not one_time_code.matches(key, nonce, wrong(code))
    assert not one_time_code.matches(key, nonce, "")
    assert one_time_code.code_of(key + b"!", nonce) != code or nonce == ""


def test_codes_are_spread_over_all_digits() -> None:
    codes = [one_time_code.code_of(b"k", one_time_code.new_nonce()) for _ in range(3000)]
    for place in range(6):
        seen = Counter(code[place] for code in codes)
        assert len(seen) == 10
        assert max(seen.values()) < 2 * min(seen.values())


async def test_the_right_code_proves_the_phone_and_joins_its_person(database: Database) -> None:
    by_text, page = await texter(database), await visitor(database)
    answered = await prove(database, page)
    assert answered == Answered(Outcome.RIGHT, PHONE, joined=True)
    assert await phone_of(database, page.contact) == PHONE
    assert by_text.contact in (await person_of(database, page.contact)).members
    rows = await database.read(lambda conn: conn.execute(select(audit)).all())
    told = [(row.event, row.actor) for row in rows if row.conversation_id == page.talk]
    assert told == [
        ("phone.code_sent", "bot"),
        ("contact.linked", page.contact),
        ("phone.proved", page.contact),
    ]


async def test_a_phone_nobody_wrote_from_becomes_the_askers(database: Database) -> None:
    page = await visitor(database)
    assert (await prove(database, page)).outcome is Outcome.RIGHT
    assert await phone_of(database, page.contact) == PHONE
    # Whoever writes from it later is the same person.
    later = await texter(database, at=after(1))
    assert later.contact in (await person_of(database, page.contact)).members


async def test_neither_the_code_nor_a_hash_to_try_it_on_is_in_the_store(
    database: Database,
) -> None:
    page = await visitor(database)
    await ask(database, page.asks("m1"))
    code = await sent_code(database)
    assert code not in await everything(database)
    (queued,) = await database.read(lambda conn: deliveries.listed(conn, ["queued"]))
    shown = await database.read(lambda conn: messages.get(conn, queued.message_id))
    assert shown is not None
    assert shown.text == "（不显示）"
    assert (queued.purpose, queued.expires_at) == ("verification", NOON + RULES.code_life)
    await give(database, page.asks("m2"), code)
    assert f'"{code}"' not in await everything(database)


async def test_wrong_digits_count_down_and_then_the_code_is_dead(database: Database) -> None:
    page = await visitor(database)
    await ask(database, page.asks("m0"))
    code = await sent_code(database)
    for n in range(1, RULES.code_tries):
        answered = await give(database, page.asks(f"w{n}"), wrong(code))
        assert answered == Answered(Outcome.WRONG, PHONE, RULES.code_tries - n)
    assert (await give(database, page.asks("last"), wrong(code))).outcome is Outcome.DEAD
    assert (await give(database, page.asks("late"), code)).outcome is Outcome.NONE
    assert await phone_of(database, page.contact) is None


async def test_a_code_is_good_until_its_time_and_not_after(database: Database) -> None:
    page = await visitor(database)
    await ask(database, page.asks("m0"))
    code = await sent_code(database)
    expired = await give(database, page.asks("m1"), code, NOON + RULES.code_life)
    assert expired.outcome is Outcome.EXPIRED
    assert (await give(database, page.asks("m2"), code, NOON)).outcome is Outcome.NONE
    assert (await prove(database, page, at=NOON + RULES.code_life)).outcome is Outcome.RIGHT


async def test_a_code_is_good_once_and_only_where_it_was_asked_for(database: Database) -> None:
    page, thief = await visitor(database), await visitor(database, "thief")
    await ask(database, page.asks("m0"))
    code = await sent_code(database)
    assert (await give(database, thief.asks("t1"), code)).outcome is Outcome.NONE
    assert (await give(database, page.asks("m1"), code)).outcome is Outcome.RIGHT
    assert (await give(database, page.asks("m2"), code)).outcome is Outcome.NONE
    assert await phone_of(database, thief.contact) is None


async def test_who_knows_a_number_but_not_the_code_gets_nothing(database: Database) -> None:
    by_text, thief = await texter(database), await visitor(database, "thief")
    await ask(database, thief.asks("t0"))
    await give(database, thief.asks("t1"), wrong(await sent_code(database)))
    assert (await person_of(database, thief.contact)).members == (thief.contact,)
    assert (await person_of(database, by_text.contact)).members == (by_text.contact,)
    assert await phone_of(database, thief.contact) is None


async def test_a_repeated_turn_sends_no_second_code_and_counts_no_second_try(
    database: Database,
) -> None:
    page = await visitor(database)
    first = await ask(database, page.asks("m0"))
    assert await ask(database, page.asks("m0"), at=after(3)) == first
    code = await sent_code(database)
    wrong_once = await give(database, page.asks("m1"), wrong(code))
    assert await give(database, page.asks("m1"), wrong(code)) == wrong_once
    assert wrong_once.left == RULES.code_tries - 1
    right = await give(database, page.asks("m2"), code)
    again = await give(database, page.asks("m2"), code)
    assert (right.outcome, again.outcome) == (Outcome.RIGHT, Outcome.RIGHT)
    queued = await database.read(lambda conn: deliveries.listed(conn, ["queued"]))
    assert len(queued) == 1
    links = await database.read(lambda conn: conn.execute(select(contact_links)).all())
    assert len(links) == 1


async def test_a_new_code_replaces_the_one_before(database: Database) -> None:
    page = await visitor(database)
    await ask(database, page.asks("m0"))
    old = await sent_code(database)
    await ask(database, page.asks("m1"), at=after(1))
    new = await sent_code(database)
    if old != new:
        assert (await give(database, page.asks("m2"), old, after(1))).outcome is Outcome.WRONG
    assert (await give(database, page.asks("m3"), new, after(1))).outcome is Outcome.RIGHT


async def test_whoever_asks_last_for_a_number_has_its_only_code(database: Database) -> None:
    page, other = await visitor(database), await visitor(database, "v2")
    await ask(database, page.asks("m0"))
    old = await sent_code(database)
    await ask(database, other.asks("o0"), at=after(1))
    assert (await give(database, page.asks("m1"), old, after(1))).outcome is Outcome.NONE
    active = await database.read(
        lambda conn: conn.execute(select(phone_codes).where(phone_codes.c.state == "active")).all()
    )
    assert [row.conversation_id for row in active] == [other.talk]


async def test_another_code_for_a_number_is_a_minute_away_whoever_asks(
    database: Database,
) -> None:
    page, other = await visitor(database), await visitor(database, "v2")
    await ask(database, page.asks("m0"))
    soon = NOON + timedelta(seconds=20)
    for who in (page, other):
        limited = await ask(database, who.asks(f"again{who.talk}"), at=soon)
        assert limited == Limited(Limit.AGAIN, timedelta(seconds=40))
    assert isinstance(await ask(database, page.asks("m1"), at=NOON + MINUTE), Issued)


async def test_the_days_limits_of_number_person_and_house(database: Database) -> None:
    rules = Identity(codes_per_number=2, codes_per_person=3, codes_per_day=4)
    page, other = await visitor(database), await visitor(database, "v2")
    for n in range(2):
        assert isinstance(await ask(database, page.asks(f"a{n}"), PHONE, after(n), rules), Issued)
    full = await ask(database, other.asks("b0"), PHONE, after(2), rules)
    assert full == Limited(Limit.NUMBER, timedelta(days=1) - timedelta(minutes=4))
    assert isinstance(await ask(database, page.asks("c0"), OTHER, after(3), rules), Issued)
    third = Phone("+8615000001234")
    assert await ask(database, page.asks("d0"), third, after(4), rules) == Limited(
        Limit.PERSON, timedelta(days=1) - timedelta(minutes=8)
    )
    assert isinstance(await ask(database, other.asks("e0"), third, after(5), rules), Issued)
    fourth = Phone("+8615100001234")
    house = await ask(database, other.asks("f0"), fourth, after(6), rules)
    assert isinstance(house, Limited)
    assert house.limit is Limit.HOUSE
    tomorrow = NOON + timedelta(days=1)
    assert isinstance(await ask(database, page.asks("g0"), PHONE, tomorrow, rules), Issued)


async def test_many_addresses_of_one_person_have_one_persons_limit(database: Database) -> None:
    rules = Identity(codes_per_person=1)
    page, by_text = await visitor(database), await texter(database)
    await prove(database, page)
    third = Phone("+8615000001234")
    assert isinstance(await ask(database, by_text.asks("x"), third, after(1), rules), Limited)


async def test_a_clock_that_goes_back_makes_nobody_wait_longer_than_the_rule(
    database: Database,
) -> None:
    page = await visitor(database)
    await ask(database, page.asks("m0"), at=NOON + timedelta(days=3))
    limited = await ask(database, page.asks("m1"), at=NOON)
    assert limited == Limited(Limit.AGAIN, RULES.resend_after)


async def test_ones_own_phone_needs_no_code(database: Database) -> None:
    by_text = await texter(database)
    assert await ask(database, by_text.asks("m0")) == OwnAlready(PHONE)
    assert await database.read(lambda conn: deliveries.listed(conn, ["queued"])) == []


async def test_a_code_from_a_lapsed_number_brings_nothing_of_its_former_holder(
    database: Database,
) -> None:
    former = await texter(database)
    later = NOON + RULES.phone_lapses
    page = await visitor(database, at=later)
    await ask(database, page.asks("m0"), at=later)
    # Asking alone changes nothing for the holder.
    assert await phone_of(database, former.contact) == PHONE
    answered = await give(database, page.asks("m1"), await sent_code(database), later)
    assert answered.outcome is Outcome.RIGHT
    assert former.contact not in (await person_of(database, page.contact)).members
    assert await phone_of(database, page.contact) == PHONE
    assert await phone_of(database, former.contact) is None


async def test_the_holder_who_proves_a_lapsed_number_again_keeps_what_is_theirs(
    database: Database,
) -> None:
    by_text, page = await texter(database), await visitor(database)
    await prove(database, page)
    later = NOON + 2 * RULES.phone_lapses
    assert (await prove(database, page, at=later, n=2)).outcome is Outcome.RIGHT
    assert by_text.contact in (await person_of(database, page.contact)).members


async def test_a_code_stays_with_its_phone(database: Database) -> None:
    """It is in no conversation but the phone's, and cannot be put back into the queue later."""
    page = await visitor(database)
    await ask(database, page.asks("m0"))
    talk = await database.read(lambda conn: conversations.find(conn, *LINE, PHONE))
    (queued,) = await database.read(lambda conn: deliveries.listed(conn, ["queued"]))
    assert talk is not None
    assert queued.conversation_id == talk.id
    await database.transact(
        lambda conn: outbox.give_up(conn, queued.id, "expired", "expired", "", NOON)
    )
    assert not await database.transact(
        lambda conn: outbox.resend(conn, queued.id, NOON, actor="a_1")
    )


async def test_codes_go_before_all_that_waits_and_past_it(database: Database) -> None:
    by_text, page = await texter(database), await visitor(database)
    third = Phone("+8615000001234")

    def unit(conn: Connection) -> None:
        from connectors.messages import Outbound, Text

        talk = conversations.get(conn, by_text.talk)
        assert talk is not None
        for n in range(30):
            messages.add(conn, talk, Outbound((Text(f"通知{n}"),)), NOON)

    await database.transact(unit)
    await ask(database, page.asks("m0"), PHONE)
    await ask(database, page.asks("m1"), third, after(1))
    due = await database.read(lambda conn: deliveries.due(conn, LINE, after(2), 3))
    assert [one.purpose for one in due] == ["verification", "verification", "answer"]


async def test_two_who_give_the_right_code_at_once_prove_it_once(
    database: Database, second: Database
) -> None:
    page = await visitor(database)
    await ask(database, page.asks("m0"))
    code = await sent_code(database)
    results = await asyncio.gather(
        *(give((database, second)[n % 2], page.asks(f"x{n}"), code) for n in range(6))
    )
    assert Counter(one.outcome for one in results) == {Outcome.RIGHT: 1, Outcome.NONE: 5}


async def test_many_wrong_codes_at_once_are_counted_one_by_one(
    database: Database, second: Database
) -> None:
    page = await visitor(database)
    await ask(database, page.asks("m0"))
    code = wrong(await sent_code(database))
    results = await asyncio.gather(
        *(give((database, second)[n % 2], page.asks(f"x{n}"), code) for n in range(8))
    )
    tally = Counter(one.outcome for one in results)
    assert tally == {Outcome.WRONG: 4, Outcome.DEAD: 1, Outcome.NONE: 3}
    assert sorted(one.left for one in results if one.outcome is Outcome.WRONG) == [1, 2, 3, 4]


async def test_codes_asked_for_at_once_are_one_code(database: Database, second: Database) -> None:
    askers = [await visitor(database, f"v{n}") for n in range(4)]
    results = await asyncio.gather(
        *(ask((database, second)[n % 2], who.asks(f"m{n}")) for n, who in enumerate(askers))
    )
    assert len([one for one in results if isinstance(one, Issued)]) == 1
    assert len(await database.read(lambda conn: deliveries.listed(conn, ["queued"]))) == 1


async def test_two_persons_who_prove_each_others_phone_at_once_are_one(
    database: Database, second: Database
) -> None:
    one, other = await texter(database, PHONE), await texter(database, OTHER)
    await ask(database, one.asks("m0"), OTHER)
    await ask(database, other.asks("m1"), PHONE)
    to_other, to_one = await sent_code(database, OTHER), await sent_code(database, PHONE)
    results = await asyncio.gather(
        give(database, one.asks("m2"), to_other), give(second, other.asks("m3"), to_one)
    )
    assert {r.outcome for r in results} == {Outcome.RIGHT}
    assert len((await person_of(database, one.contact)).members) == 2


def test_the_rules_are_what_the_page_says() -> None:
    assert timedelta(minutes=5) == RULES.code_life
    assert (RULES.code_tries, RULES.resend_after) == (5, MINUTE)


@pytest.mark.parametrize("bad", [{"code_tries": 0}, {"code_life": 0}, {"countries": ["China"]}])
def test_rules_that_would_be_unsafe_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        Identity.model_validate(bad)


async def test_an_unknown_conversation_has_no_code(database: Database) -> None:
    nobody = Known(ContactId("p_x"), ConversationId("c_x"))
    assert (await give(database, nobody.asks("m"), "123456")).outcome is Outcome.NONE
    assert replace(nobody, talk=ConversationId("c_y")) != nobody
