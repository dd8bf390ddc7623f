"""What actions work with. Built once by the gateway, given to every action."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from random import Random, SystemRandom
from typing import TYPE_CHECKING

from actions.identity.verification import NO_LINE, PhoneLine, Verification
from actions.understanding.matter.duties import read_duties, shipped
from actions.understanding.matter.duty import DutyList
from actions.work_orders.deadlines import Deadlines
from actions.work_orders.direct import Direct
from actions.work_orders.register import LocalRegister, WorkOrders
from connectors.clock import Clock
from connectors.settings import Settings
from connectors.store.database import Database
from connectors.texts import Texts
from knowledge.answer import Answerer

if TYPE_CHECKING:
    from actions.phrasing.phraser import Phraser
    from actions.pointing.pointer import Pointer


@dataclass(frozen=True)
class Services:
    """``random`` makes the query codes of orders without a phone; tests seed it. ``line``: how a
    code reaches a phone. ``phrasing``: a language model's words for answers, and ``pointing``: what
    it points at in a matter, where one is configured."""

    database: Database
    answerer: Answerer
    clock: Clock
    texts: Texts
    settings: Settings
    random: Random = field(default_factory=SystemRandom)
    line: PhoneLine = NO_LINE
    phrasing: Phraser | None = None
    pointing: Pointer | None = None

    @property
    def work_orders(self) -> WorkOrders:
        """Where the dialogue files orders and finds them again."""
        return self.register

    @cached_property
    def register(self) -> LocalRegister:
        return LocalRegister(
            self.database,
            self.clock,
            self._digits,
            self.texts.say("office_name"),
            Deadlines(self.settings),
            self.settings.tickets,
            self.settings.region,
            Direct(self.texts, sure, self.settings.region)
            if (sure := self.settings.orders.direct_from)
            else None,
            self.duties.completed,
        )

    @cached_property
    def duties(self) -> DutyList:
        """Whose duty a matter is.

        Raises :class:`~actions.understanding.matter.duties.UnusableDuties`.
        """
        file = self.settings.orders.duties
        return DutyList(read_duties(file) if file else shipped(), self.settings.region)

    @cached_property
    def verification(self) -> Verification:
        """Proving a phone by a code sent to it."""
        shown = self.texts.say("identity_code_hidden")
        return Verification(self.database, self.clock, self.settings.identity, self.line, shown)

    def _digits(self, count: int) -> str:
        return "".join(self.random.choice("0123456789") for _ in range(count))
