"""Notes of agents to one another, and calling a colleague's attention by ``@``."""

from __future__ import annotations

from sqlalchemy import Connection

from connectors.coordination.coordinator import Happening
from connectors.desk.office import Office, Refused
from connectors.ids import AgentId
from connectors.sanitize import printable
from connectors.store import agents, conversations, mentions, notes
from connectors.store.agents import Agent

NOTE_MOST = 500  # characters


class Noting:
    def __init__(self, office: Office) -> None:
        self._office = office

    async def note(self, agent: Agent, conversation_id: str, text: str) -> None:
        """Leaves a word for the other agents. Raises :class:`Refused`."""
        word = a_word(text)
        if not word:
            raise Refused("desk_empty")
        now = self._office.clock.now()

        def unit(conn: Connection) -> list[AgentId]:
            if conversations.get(conn, conversation_id) is None:
                raise Refused("desk_no_such_conversation")
            number = notes.add(conn, now, conversation_id, agent.id, word)
            called = mentions.named(word, agents.list_all(conn))
            called = [one for one in called if one != agent.id]
            mentions.note(conn, number, called)
            return called

        called = await self._office.database.transact(unit)
        about = {"conversation_id": conversation_id}
        await self._office.coordinator.publish(Happening("desk", "note", {**about}))
        for one in called:
            await self._office.coordinator.publish(
                Happening("desk", "mention", {"to": one, **about})
            )


def a_word(text: str) -> str:
    """A note as it is kept. Raises :class:`Refused` when it is too long."""
    word = printable(text)
    if len(word) > NOTE_MOST:
        raise Refused("desk_note_too_long")
    return word
