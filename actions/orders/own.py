"""The orders of a person whose phone is proved: no number and no digits are asked of them."""

from __future__ import annotations

import re

from rasa_sdk.interfaces import Tracker
from sqlalchemy import Connection, select

from actions import payloads
from actions.orders.lookup import Lookup, Task
from actions.services import Services
from actions.turn import Button, Speaker, Turn
from connectors.store import work_orders
from connectors.store.identity.people import person_of
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
    return _ALL.search(text) is not None


async def own_order(
    services: Services, task: Task, turn: Turn, speaker: Speaker, tracker: Tracker
) -> Lookup | bool:
    """Whose order is meant: the look-up of it, complete but for its task. True: several are
    offered, or it was said that there is none. False: the person is not known, or gave a number."""
    if turn.verified_phone is None or turn.contact_id is None:
        return await _just_filed(services, task, turn, tracker) or False
    if not turn.is_payload and re.search(r"\d{6}", turn.text):
        return False
    orders = await _orders(services, turn.contact_id)
    wanted = (turn.choice or "").removeprefix("order:")
    chosen = next((order for order in orders if order.number == wanted), None)
    everything = turn.choice == MINE or (not turn.is_payload and asks_for_all(turn.text))
    if chosen is None and not everything:
        last = tracker.get_slot("last_order")
        chosen = next((order for order in orders if order.number == last), None)
    if chosen is None and len(orders) == 1:
        chosen = orders[0]
    if chosen is not None:
        return Lookup(task, chosen.number, _secret(chosen), seen=turn.message_id)
    if not orders:
        if everything:
            speaker.say("my_orders_none")
        return bool(everything)
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
    return True


async def _just_filed(
    services: Services, task: Task, turn: Turn, tracker: Tracker
) -> Lookup | None:
    """The order filed in this very conversation, to be urged or added to: that shows nothing of it,
    so nothing is asked."""
    last = tracker.get_slot("last_order")
    if task not in (Task.URGE, Task.SUPPLEMENT) or not last:
        return None
    if not turn.is_payload and re.search(r"\d{6}", turn.text):
        return None
    order = await services.database.read(lambda conn: work_orders.by_number(conn, last))
    if order is None or order.filed.conversation_id != turn.conversation_id:
        return None
    return Lookup(task, order.number, _secret(order), seen=turn.message_id)


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
        return [order for order in found if order is not None and _secret(order)]

    return await services.database.read(unit)


def _secret(order: WorkOrder) -> str:
    """What whoever looks at the order must know: taken as said, since the person is known."""
    phone = order.filed.contact_phone
    return phone[-4:] if phone else order.query_code or ""
