"""What a channel may use of the house: handed to each one when it is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectors.attachments.keeper import AttachmentKeeper
from connectors.attachments.links import FileLinks
from connectors.channel import Intake, Receipts
from connectors.clock import Clock
from connectors.coordination.coordinator import Coordinator
from connectors.settings import Settings
from connectors.store.database import Database
from connectors.texts import Texts


@dataclass(frozen=True, slots=True)
class House:
    """``spoken`` is to be called after something was written into the outbox without a turn."""

    settings: Settings
    database: Database
    coordinator: Coordinator
    intake: Intake
    receipts: Receipts
    spoken: Callable[[], None]
    clock: Clock
    texts: Texts
    signing_key: bytes
    attachments: AttachmentKeeper
    file_links: FileLinks
