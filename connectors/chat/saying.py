"""Handing in what a person said at a socket or beside it, as fast as people may speak."""

from __future__ import annotations

from connectors.channel import Accepted
from connectors.chat.door import Entered, TurnedAway
from connectors.house import House
from connectors.messages import Inbound, Part, Picked


async def hand_in(
    house: House,
    channel: str,
    who: Entered,
    client_id: str,
    parts: tuple[Part, ...],
    picked: Picked | None = None,
    *,
    care: bool = False,
) -> Accepted:
    """The message, durable; the same ``client_id`` of the same person again is the same message.

    Raises :class:`TurnedAway` (``too_fast``) and ``StoreUnavailable``.
    """
    most = house.settings.webchat.messages_per_minute
    if not await house.coordinator.allow(f"{channel}:{who.address}", most, 60):
        raise TurnedAway("too_fast")
    return await house.intake.accept(
        Inbound(
            channel=channel,
            account=who.account,
            address=who.address,
            external_id=f"{who.address}:{client_id}",
            parts=parts,
            received_at=house.clock.now(),
            picked=picked,
            care=care,
        )
    )
