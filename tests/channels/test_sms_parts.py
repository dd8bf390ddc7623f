"""Every part of a long text message goes on in one message, whatever comes between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from connectors.channels.sms import parts
from connectors.channels.sms.driver import Arrived
from connectors.channels.sms.parts import GAP, Whole
from connectors.channels.sms.udh import PartOf
from connectors.store.sms_tables import sms_parts
from tests.store.people import NOON

PHONE = "+8613912340001"


@contextmanager
def store() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    sms_parts.create(engine)
    with engine.connect() as conn:
        yield conn
    engine.dispose()


def part(
    number: int, text: str = "", *, reference: int = 9, total: int = 4, name: str = ""
) -> Arrived:
    said = text or f"[{reference}.{number}]"
    of = PartOf(reference, total, number)
    return Arrived(PHONE, name or f"p{reference}-{number}", said.encode(), part=of)


def put(conn: Connection, arrived: Arrived, minutes: float = 0) -> list[Whole]:
    return parts.put(conn, "carrier", PHONE, arrived, NOON + timedelta(minutes=minutes))


def test_a_part_that_comes_while_the_others_are_handed_on_is_not_lost() -> None:
    with store() as conn:
        for number in (1, 2, 4):
            assert put(conn, part(number)) == []
        [early] = parts.overdue(conn, NOON)
        [late] = put(conn, part(3), 3)  # between what was found and what is done
        parts.done(conn, early, NOON)
        parts.done(conn, late, NOON)
        assert early.text == f"[9.1][9.2]{GAP}[9.4]"
        assert late.text == f"{GAP}[9.3]{GAP}"
        assert early.external_id != late.external_id
        assert parts.overdue(conn, NOON + timedelta(days=1)) == []


def test_what_a_crash_kept_from_being_handed_on_comes_again_by_the_same_name() -> None:
    with store() as conn:
        for number in (1, 2, 4):
            put(conn, part(number))
        before = parts.overdue(conn, NOON)
        before += put(conn, part(3), 3)
        assert parts.overdue(conn, NOON + timedelta(minutes=3)) == before


def test_a_late_part_of_a_gateway_that_names_all_parts_alike_has_a_name_of_its_own() -> None:
    with store() as conn:
        for number in (1, 2, 4):
            put(conn, part(number, name="same"))
        [early] = parts.overdue(conn, NOON)
        [late] = put(conn, part(3, name="same"), 3)
        assert early.external_id != late.external_id


PARTS = [(reference, number) for reference in (1, 2) for number in (1, 2, 3)]
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("part"), st.sampled_from(PARTS)),
        st.tuples(st.just("sweep"), st.just((0, 0))),
        st.tuples(st.sampled_from(["hand on", "crash first", "crash after"]), st.just((0, 0))),
    ),
    max_size=40,
)


@given(EVENTS, st.permutations(PARTS))
def test_no_order_and_no_crash_loses_or_doubles_a_part(
    events: list[tuple[str, tuple[int, int]]], at_last: list[tuple[int, int]]
) -> None:
    accepted: dict[str, str] = {}
    going: list[Whole] = []
    minutes = 0.0
    with store() as conn:

        def hand_on(whole: Whole, *, ends: bool = True) -> None:
            accepted.setdefault(whole.external_id, whole.text)
            if ends:
                parts.done(conn, whole, NOON + timedelta(minutes=minutes))

        rest = [("part", one) for one in at_last]
        for event, (reference, number) in [*events, *rest]:
            minutes += 0.5
            if event == "part":
                going += put(conn, part(number, reference=reference, total=3), minutes)
            elif event == "sweep":
                going += parts.overdue(conn, NOON + timedelta(minutes=minutes))
            elif event == "crash first":
                going.clear()
            elif going:
                hand_on(going.pop(0), ends=event == "hand on")
        for whole in [*going, *parts.overdue(conn, NOON + timedelta(days=1))]:
            hand_on(whole)
        said = "".join(accepted.values())
        assert sorted(said.count(f"[{r}.{n}]") for r, n in PARTS) == [1] * len(PARTS)
        assert parts.overdue(conn, NOON + timedelta(days=1)) == []
