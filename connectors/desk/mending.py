"""Nobody waits unseen: conversations whose rows cannot be read are mended, so that lists show them.

Whoever writes has theirs mended by the turn that fails; who only waits does nothing that would.
"""

from __future__ import annotations

from sqlalchemy import Connection

from connectors import logs, metrics
from connectors.desk.office import Office
from connectors.ids import ConversationId
from connectors.store import conversations, desk_lists, owners
from connectors.store.conversations import UNREADABLE, Conversation

log = logs.get(__name__)


class Mending:
    def __init__(self, office: Office) -> None:
        self._office = office

    async def look(self) -> int:
        """Mends what somebody waits in or an agent holds; how many there were."""
        database = self._office.database
        found = await database.read(desk_lists.unreadable)
        mended = [one for one in found if await self._mend(one)]
        metrics.conversations_unreadable.set(len(found) - len(mended))
        return len(mended)

    async def _mend(self, conversation_id: ConversationId) -> bool:
        now = self._office.clock.now()

        def unit(conn: Connection) -> Conversation | None:
            owners.mend(conn, conversation_id, now, actor="desk")
            return conversations.get(conn, conversation_id)

        try:
            after = await self._office.database.transact(unit)
        except UNREADABLE:
            return False
        log.warning("conversation.mended", conversation_id=conversation_id)
        if after is not None:
            await self._office.tell(after, "owner", owner=after.owner.value)
        return True
