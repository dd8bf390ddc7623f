"""The gateway, wired on one screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import aiohttp
from aiohttp import web

from actions.identity.verification import PhoneLine
from actions.incidents import first_known
from actions.model.build import model_uses
from actions.server import build_actions_app
from actions.services import Services
from actions.understanding.danger.risk import assess_risk
from actions.understanding.fields import AppealType
from actions.understanding.matter.category_tree import category_paths, tree
from actions.understanding.pinyin.reading import read as read_pinyin
from actions.understanding.places import gazetteer
from actions.understanding.prefill import prefill
from actions.understanding.text.folding import fold
from actions.understanding.understand import warm_up
from actions.work_orders.news import Teller
from actions.work_orders.reach import Reach
from connectors import logs, metrics, tracing
from connectors.api import api_routes
from connectors.attachments.door import FilesDoor
from connectors.attachments.keeper import AttachmentKeeper
from connectors.attachments.links import FileLinks
from connectors.channel import Capabilities, Channel
from connectors.channels.registry import build_channels
from connectors.clock import Clock
from connectors.conversation.dialogue import RasaDialogue
from connectors.conversation.guards import Guards
from connectors.conversation.identity import Arrivals, phone_account
from connectors.conversation.intake import StoringIntake
from connectors.conversation.turn_taker import DialoguePort, TurnTaker
from connectors.conversation.worker import Worker
from connectors.coordination.coordinator import Coordinator, Happening
from connectors.coordination.open import open_coordinator
from connectors.delivery import queue_gauges
from connectors.delivery.sender import Sender
from connectors.desk.app import Desk
from connectors.desk.office import Office
from connectors.house import House
from connectors.http import Check, Health, errors_as_json, security_headers, server_log
from connectors.lifecycle import ready_for_load
from connectors.secrets import kept_secret
from connectors.settings import Settings
from connectors.stalling import ending_stalls
from connectors.store import inbox
from connectors.store.database import Database, StoreUnavailable, ping
from connectors.store.incidents import Notice
from connectors.store.leases import StoredLeases
from connectors.store.open import open_database
from connectors.store.server_clock import clock_of
from connectors.texts import Texts
from connectors.tickets.office import Matters, TicketOffice
from connectors.tickets.open311.catalogue import Matter
from knowledge.answer import Answerer
from knowledge.base import KnowledgeBase
from knowledge.vectors.dense import usable_embedder

log = logs.get(__name__)

PRIVATE = (AppealType.REPORT,)  # nothing of these goes to others
BODY_MOST = 1024 * 1024  # bytes of one HTTP request
LINE_MOST = 64 * 1024  # bytes of a request's first line: Kannel brings long messages in it
LOOK_EVERY = 1.0  # seconds between looks at the bot's readiness and the queues


class PortTaken(Exception):
    """Somebody else listens there; the message says where."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """The parts of a gateway that live and stop together."""

    app: web.Application
    actions: web.Application
    worker: Worker
    sender: Sender
    desk: Desk
    attachments: AttachmentKeeper
    tickets: TicketOffice
    channels: dict[str, Channel]


def assemble(
    settings: Settings,
    *,
    database: Database,
    coordinator: Coordinator,
    dialogue: DialoguePort,
    clock: Clock,
    texts: Texts,
    signing_key: bytes,
    internal_token: str,
) -> Gateway:
    """Puts the rooms together; nothing runs yet."""
    channels: dict[str, Channel] = {}

    def capabilities(name: str) -> Capabilities:
        return channels[name].capabilities if name in channels else Capabilities()

    sender = Sender(
        database=database,
        coordinator=coordinator,
        channels=channels,
        clock=clock,
        texts=texts,
        settings=settings.outbox,
        alone=settings.database_url is None,
        code_key=signing_key,
    )
    turns = TurnTaker(
        database=database,
        coordinator=coordinator,
        dialogue=dialogue,
        guards=Guards(_alarms, partial(_known, settings.region)),
        read=read_pinyin,
        clock=clock,
        texts=texts,
        settings=settings.dialogue,
        capabilities=capabilities,
        outbox=sender,
    )
    worker = Worker(
        turns,
        database=database,
        coordinator=coordinator,
        ready=dialogue.ready,
        parallel=settings.dialogue.parallel,
    )
    keeper = AttachmentKeeper(settings, database, clock)
    links = FileLinks(signing_key, settings.attachments.link_life)
    house = House(
        settings=settings,
        database=database,
        coordinator=coordinator,
        intake=StoringIntake(
            database,
            coordinator,
            clock,
            settings.dialogue,
            worker.wake,
            Arrivals(capabilities, settings.identity.phone_lapses),
        ),
        receipts=sender.receipts,
        spoken=sender.wake,
        clock=clock,
        texts=texts,
        signing_key=signing_key,
        attachments=keeper,
        file_links=links,
    )
    channels.update(build_channels(house))
    line, proving = partial(phone_account, channels), settings.identity
    base = KnowledgeBase.open(settings.knowledge_base, settings.data_dir, usable_embedder())
    answerer = Answerer(base)
    model = model_uses(settings, database, coordinator.allow, partial(_draft, coordinator))
    services = Services(
        database=database,
        answerer=answerer,
        clock=clock,
        texts=texts,
        settings=settings,
        line=PhoneLine(signing_key, line, sender.wake),
        phrasing=model.phrasing,
        pointing=model.pointing,
    )
    reach = Reach(line, proving.countries, proving.phone_lapses, PRIVATE)
    teller = Teller(texts, reach)
    office = Office(
        database, coordinator, clock, texts, settings, sender, capabilities, links, teller
    )
    desk = Desk(office, answerer, services.register, prefill, category_paths())
    tickets = TicketOffice(
        settings,
        database,
        coordinator,
        clock,
        teller,
        services.register,
        _matters(),
        sender.wake,
        signing_key,
    )
    checks = _checks(database, coordinator, dialogue, answerer) | tickets.checks()
    elsewhere = frozenset({"coordination", *tickets.checks()})
    app = _site(
        Health(checks, frozenset({"store"}), elsewhere).routes(),
        api_routes(texts),
        FilesDoor(keeper, links, clock, texts).routes(),
        *(channel.routes() for channel in channels.values()),
        desk.routes(),
        tickets.routes(),
    )
    actions = build_actions_app(services, internal_token)
    return Gateway(app, actions, worker, sender, desk, keeper, tickets, channels)


def _site(*doors: Iterable[web.AbstractRouteDef]) -> web.Application:
    """The public pages and webhooks, each door with its routes."""
    app = web.Application(client_max_size=BODY_MOST, middlewares=[security_headers, errors_as_json])
    for routes in doors:
        app.add_routes(routes)
    return app


def _checks(
    database: Database, coordinator: Coordinator, dialogue: DialoguePort, answerer: Answerer
) -> dict[str, Check]:
    async def store() -> str | None:
        await database.transact(ping)
        return None

    async def coordination() -> str | None:
        return None if await coordinator.healthy() else "no answer; leases are in the store now"

    async def bot() -> str | None:
        return None if await dialogue.ready() else "Rasa is loading or not running"

    async def knowledge() -> str | None:
        entries = answerer.base.snapshot.manifest.entries
        return None if entries else "the base is empty; run `huiying knowledge ingest`"

    return {"store": store, "coordination": coordination, "bot": bot, "knowledge": knowledge}


async def run_gateway(settings: Settings) -> None:
    """Serves until cancelled, then drains: turns under way end, sockets are told to come back."""
    tracing.configure(settings.otlp_endpoint)
    token = settings.internal_token.get_secret_value() or kept_secret(settings.data_dir, "internal")
    key = settings.secret_key.get_secret_value() or kept_secret(settings.data_dir, "sessions")
    async with AsyncExitStack() as resources:
        http = await resources.enter_async_context(aiohttp.ClientSession())
        database = await open_database(settings)
        resources.push_async_callback(database.close)
        clock = await resources.enter_async_context(clock_of(database))
        coordinator = open_coordinator(settings, StoredLeases(database, clock))
        resources.push_async_callback(coordinator.close)
        dialogue = RasaDialogue(http, settings.dialogue_url, token, settings.dialogue.turn_timeout)
        gateway = assemble(
            settings,
            database=database,
            coordinator=coordinator,
            dialogue=dialogue,
            clock=clock,
            texts=Texts.load(),
            signing_key=key.encode(),
            internal_token=token,
        )
        # The first message shall be as quick as the others; the loop is not open yet.
        warm_up()
        ready_for_load()
        resources.enter_context(ending_stalls())
        await resources.enter_async_context(
            listening(gateway.actions, "127.0.0.1", settings.actions_port)
        )
        await resources.enter_async_context(listening(gateway.app, settings.host, settings.port))
        log.info("gateway.listening", url=settings.own_url)
        watch = _watch(dialogue, coordinator, database, gateway.channels, clock)
        await serve(gateway, settings, watch)
    log.info("gateway.stopped")


async def serve(
    gateway: Gateway, settings: Settings, watch: Coroutine[Any, Any, None] | None = None
) -> None:
    """Works inbox and outbox until cancelled, then drains within the configured time."""
    await gateway.worker.start()
    background = [
        asyncio.create_task(gateway.sender.run(), name="sender"),
        asyncio.create_task(gateway.desk.run(), name="desk"),
        asyncio.create_task(gateway.attachments.run(), name="sweeping of attachments"),
        asyncio.create_task(gateway.tickets.run(), name="ticket systems"),
    ]
    background += [
        asyncio.create_task(channel.run(), name=f"channel {name}")
        for name, channel in gateway.channels.items()
    ]
    if watch is not None:
        background.append(asyncio.create_task(watch, name="watch"))
    try:
        await asyncio.gather(*background)
    finally:
        log.info("gateway.draining", seconds=settings.drain_seconds)
        await gateway.worker.stop(settings.drain_seconds)
        await gateway.sender.stop(settings.drain_seconds / 3)
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await gateway.desk.close()
        for channel in gateway.channels.values():
            await channel.close()


def _matters() -> Matters:
    """What others may file by Open311."""
    return Matters(
        lambda: [Matter(leaf.path, leaf.keywords) for leaf in tree()],
        gazetteer.name_of,
        kinds=(AppealType.HELP, *(one for one in AppealType if one is not AppealType.HELP)),
        private=PRIVATE,
    )


async def _draft(coordinator: Coordinator, conversation_id: str, text: str) -> None:
    """Shows open pages an answer while it is being written; what counts is what is committed."""
    await coordinator.publish(Happening(f"conversation:{conversation_id}", "draft", {"text": text}))


def _alarms(text: str) -> tuple[str, ...]:
    return tuple(alarm.value for alarm in assess_risk(fold(text)).alarm)


def _known(home: str | None, text: str, now: datetime, notices: Sequence[Notice]) -> Notice | None:
    return first_known(text, now, home, notices)


@asynccontextmanager
async def listening(app: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """Serves ``app`` while inside. Raises :class:`PortTaken`."""
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=server_log,
        shutdown_timeout=3,
        max_line_size=LINE_MOST,
        auto_decompress=False,  # 60 KB can be 60 MB
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise PortTaken(f"cannot listen on {host}:{port}: {error.strerror}") from error
        yield
    finally:
        await runner.cleanup()


async def _watch(
    dialogue: DialoguePort,
    coordinator: Coordinator,
    database: Database,
    channels: Iterable[str],
    clock: Clock,
) -> None:
    """Tells open pages when the bot comes and goes, and keeps the queue gauges fresh."""
    known: bool | None = None
    while True:
        ready = await dialogue.ready()
        if ready != known:
            known = ready
            log.info("bot.ready" if ready else "bot.away")
            await coordinator.publish(Happening("status", "bot", {"ready": ready}))
        metrics.component_up.labels("bot").set(ready)
        try:
            metrics.inbox_pending.set(await database.read(inbox.count_pending))
            await queue_gauges.refresh(database, channels, clock)
        except StoreUnavailable as error:
            log.error("store.unavailable", reason=str(error))
        await asyncio.sleep(LOOK_EVERY)
