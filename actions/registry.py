"""Every action there is, under the names of ``bot/domain/actions.yml`` (a test holds them)."""

from __future__ import annotations

from actions.base import TurnAction
from actions.complaint.form import AskComplaintSlot, ValidateComplaintForm
from actions.complaint.handing_in import SubmitComplaint
from actions.complaint.opening import OpenComplaint
from actions.complaint.record.draft import CONFIRMED, Field
from actions.fallback import Clarify, Fallback, InformOutside
from actions.handoff import Abuse, Handoff, Safety
from actions.identity import state
from actions.identity.form import AskVerifySlot, FinishVerify, OpenVerify, ValidateVerifyForm
from actions.identity.moving import ContinueForm
from actions.orders.afterwards import OrdersFirst
from actions.orders.finishing import FinishOrder
from actions.orders.follow_up import RateBad, RateGood
from actions.orders.form import AskOrderSlot, ValidateOrderForm
from actions.orders.lookup import Slot
from actions.orders.opening import OpenOrder
from actions.receive import ReceiveFiles
from actions.services import Services
from actions.steering import (
    Affirm,
    Answer,
    CancelOutside,
    Capability,
    Chitchat,
    ChooseOption,
    CorrectOutside,
    Deny,
    Explain,
    Goodbye,
    Repeat,
    SpeakLanguage,
    StartOver,
    Wait,
    WaitTime,
    WhyNeedInfo,
)

PLAIN: tuple[type[TurnAction], ...] = (
    Abuse, Affirm, Answer, CancelOutside, Capability, Chitchat, ChooseOption, Clarify, ContinueForm,
    CorrectOutside, Deny, Explain, Fallback, FinishOrder, FinishVerify, Goodbye, Handoff,
    InformOutside, OpenComplaint, OpenOrder, OpenVerify, RateBad, RateGood, ReceiveFiles,
    Repeat, Safety, SpeakLanguage, StartOver, SubmitComplaint, ValidateComplaintForm,
    ValidateOrderForm, ValidateVerifyForm, Wait, WaitTime, WhyNeedInfo,
)  # fmt: skip

ORDERS_FIRST: tuple[type[TurnAction], ...] = (
    Abuse, Affirm, Answer, CancelOutside, Chitchat, Clarify, CorrectOutside, Deny, Explain,
    Fallback, Handoff, InformOutside, OpenComplaint, OpenOrder, RateBad, RateGood, Wait, WaitTime,
    WhyNeedInfo,
)  # fmt: skip
"""Those whose intents words about an order handed in are taken for."""


def all_actions(services: Services) -> list[TurnAction]:
    """Fresh instances of all actions, sharing ``services``."""
    return [
        *(
            OrdersFirst(action(services)) if action in ORDERS_FIRST else action(services)
            for action in PLAIN
        ),
        *(AskComplaintSlot(services, slot) for slot in (*Field, CONFIRMED)),
        *(AskOrderSlot(services, slot) for slot in Slot),
        *(AskVerifySlot(services, slot) for slot in state.Slot),
    ]
