"""The orders of a person whose phone is proved: no number and no digits are asked of them."""

from __future__ import annotations

import re

from rasa_sdk.interfaces import Tracker
from sqlalchemy import Connection, select

from actions import payloads
from actions.orders import wording
from actions.orders.lookup import Lookup, Task
from actions.services import Services
from actions.turn import Button, Speaker, Turn
from actions.work_orders import alike
from connectors.store import order_matters, work_orders
from connectors.store.identity.people import person_of
from connectors.store.order_matters import Sketch
from connectors.store.order_tables import work_orders as table
from connectors.store.work_orders import WorkOrder

MINE = "mine"  # the choice of the button that asks for all of them
MOST = 8  # orders offered, the latest first
_ALL = re.compile(
    r"我的(?:所有|全部|那些)?(?:工单|投诉|诉求|单子)(?:$|[有呢吗都列。？?])|名下|所有(?:的)?工单"
    r"|(?:哪些|几[个件张])(?:工单|投诉|诉求|单子|事)|(?:投诉|反映|举报|提交|提|报)[过了](?:哪些|几[个件])"
)


def asks_for_all(text: str) -> bool:
    """Whether somebody wants to see everything they have told us of."""
    return _ALL.search(text) is not None or wording.asks_if_any(text)


async def own_order(
    services: Services, task: Task, turn: Turn, speaker: Speaker, tracker: Tracker
) -> Lookup | bool:
    """Whose order is meant: the look-up of it, complete but for its task. True: several are
    offered, or it was said that there is none. False: the person is not known, or gave a number."""
    if turn.verified_phone is None or turn.contact_id is None:
        return await _of_this_talk(services, task, turn, speaker, tracker)
    if not turn.is_payload and re.search(r"\d{6}", turn.text):
        return False
    orders = await _orders(services, turn.contact_id)
    wanted = (turn.choice or "").removeprefix("order:")
    chosen = next((order for order in orders if order.number == wanted), None)
    everything = turn.choice == MINE or (not turn.is_payload and asks_for_all(turn.text))
    if chosen is None and not turn.is_payload and not everything:
        chosen = await _called(services, turn, orders)
    if chosen is None and not everything:
        last = tracker.get_slot("last_order")
        chosen = next((order for order in orders if order.number == last), None)
    if chosen is None and len(orders) == 1:
        chosen = orders[0]
    if chosen is not None:
        return Lookup(task, chosen.number, secret_of(chosen), seen=turn.message_id)
    if not orders:
        if everything:
            speaker.say("my_orders_none")
        return bool(everything)
    _offer(orders, task, speaker)
    return True


async def _called(services: Services, turn: Turn, orders: list[WorkOrder]) -> WorkOrder | None:
    """The one of them that a message calls by its words (催一下菜市场的)."""
    numbers = {order.number: order for order in orders if order.status == "open"}
    sketches = await services.database.read(lambda conn: order_matters.of_numbers(conn, numbers))
    pointed = alike.pointed_at(turn.text, sketches)
    return numbers.get(pointed.number) if pointed is not None else None


async def _of_this_talk(
    services: Services, task: Task, turn: Turn, speaker: Speaker, tracker: Tracker
) -> Lookup | bool:
    """The order filed in this very conversation, to be urged, added to or, once they are sure,
    withdrawn: that shows nothing of it, so no digits are asked. Of several the one whose words are
    said, or that was spoken of last; else they are offered."""
    last = tracker.get_slot("last_order")
    if task is Task.PROGRESS:
        return False
    if not turn.is_payload and re.search(r"\d{6}", turn.text):
        return False
    wanted = (turn.choice or "").removeprefix("order:")

    def unit(conn: Connection) -> tuple[list[WorkOrder], Sketch | None]:
        sketches = filed_by(conn, turn, last)
        found = [work_orders.by_number(conn, one.number) for one in sketches]
        here = [
            order
            for order in found
            if order is not None and order.filed.conversation_id == turn.conversation_id
        ]
        numbers = {order.number for order in here}
        mine = [one for one in sketches if one.number in numbers]
        return here, None if turn.is_payload else alike.pointed_at(turn.text, mine)

    orders, pointed = await services.database.read(unit)
    called = pointed.number if pointed is not None else wanted or last
    order = next((one for one in orders if one.number == called), None)
    if order is None and len(orders) == 1 and task is not Task.WITHDRAW:
        order = orders[0]
    if order is not None:
        return Lookup(task, order.number, secret_of(order), seen=turn.message_id)
    if len(orders) > 1 and task is not Task.WITHDRAW and not last:
        _offer(orders, task, speaker)
        return True
    return False


def filed_by(conn: Connection, turn: Turn, last: str | None) -> list[Sketch]:
    """The open orders of whoever speaks, the latest first, with the one spoken of ``last`` in this
    session, which may be nobody's (匿名)."""
    since = turn.now - alike.REPEATED_WITHIN
    members = person_of(conn, turn.contact_id).members if turn.contact_id else ()
    found = order_matters.of_contacts(conn, members, since) if members else []
    if last is None or last in {one.number for one in found}:
        return found
    order = work_orders.by_number(conn, last)
    if order is None or order.status != "open":
        return found
    here = order.filed.conversation_id == turn.conversation_id
    return [*order_matters.of_numbers(conn, [last]), *found] if here else found


def _offer(orders: list[WorkOrder], task: Task, speaker: Speaker) -> None:
    """Asks which of them is meant, the latest first."""
    speaker.say(
        "my_orders",
        [
            Button(
                "button_title",
                payloads.compose(task.value, f"order:{order.number}"),
                {"title": f"{order.receipt} {order.filed.title}"},
            )
            for order in orders[:MOST]
        ],
    )


async def _orders(services: Services, contact_id: str) -> list[WorkOrder]:
    """The latest orders filed from any address of the person; anonymous ones are nobody's."""

    def unit(conn: Connection) -> list[WorkOrder]:
        members = person_of(conn, contact_id).members
        numbers = conn.execute(
            select(table.c.number)
            .where(table.c.contact_id.in_(members))
            .order_by(table.c.created_at.desc(), table.c.number.desc())
            .limit(50)
        ).scalars()
        found = [work_orders.by_number(conn, one) for one in numbers.all()]
        return [order for order in found if order is not None and secret_of(order)]

    return await services.database.read(unit)


def secret_of(order: WorkOrder) -> str:
    """What whoever looks at the order must know: taken as said, since the person is known."""
    phone = order.filed.contact_phone
    return phone[-4:] if phone else order.query_code or ""
