"""The gateway, wired on one screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from knowledge.answer import Answerer

from actions.complaint.risk import alarms
from actions.server import build_actions_app
from actions.services import Services
from connectors import logs, metrics
from connectors.channel import Capabilities, Channel
from connectors.channels.registry import build_channels
from connectors.clock import Clock, SystemClock
from connectors.conversation.dialogue import RasaDialogue
from connectors.conversation.guards import Guards
from connectors.conversation.intake import StoringIntake
from connectors.conversation.worker import DialoguePort, Worker
from connectors.coordination.coordinator import Coordinator, Happening
from connectors.coordination.in_process import InProcessCoordinator
from connectors.delivery.sender import Sender
from connectors.desk.app import build_desk
from connectors.house import House
from connectors.http import Check, Health, errors_as_json, security_headers
from connectors.secrets import kept_secret
from connectors.settings import Settings
from connectors.store import messages, outbox
from connectors.store.database import Database, StoreUnavailable, ping
from connectors.store.open import open_database
from connectors.texts import Texts

log = logs.get(__name__)

BODY_MOST = 1024 * 1024  # bytes of one HTTP request
LOOK_EVERY = 1.0  # seconds between looks at the bot's readiness and the queues


class PortTaken(Exception):
    """Somebody else listens there; the message says where."""


async def run_gateway(settings: Settings, clock: Clock | None = None) -> None:
    """Serves until cancelled, then drains."""
    clock = clock or SystemClock()
    texts = Texts.load()
    database = await open_database(settings)
    coordinator = InProcessCoordinator()
    http = aiohttp.ClientSession()
    token = settings.internal_token.get_secret_value() or kept_secret(settings.data_dir, "internal")
    key = settings.secret_key.get_secret_value() or kept_secret(settings.data_dir, "sessions")
    dialogue = RasaDialogue(http, settings.dialogue_url, token, settings.dialogue.turn_timeout)
    channels: dict[str, Channel] = {}

    def capabilities(name: str) -> Capabilities:
        return channels[name].capabilities if name in channels else Capabilities()

    sender = Sender(
        database=database, coordinator=coordinator, channels=channels, clock=clock, texts=texts
    )
    worker = Worker(
        database=database,
        coordinator=coordinator,
        dialogue=dialogue,
        guards=Guards(alarms),
        clock=clock,
        texts=texts,
        settings=settings.dialogue,
        capabilities=capabilities,
        delivered=sender.wake,
    )
    intake = StoringIntake(database, coordinator, clock, settings.dialogue, worker.wake)
    house = House(
        settings=settings,
        database=database,
        coordinator=coordinator,
        intake=intake,
        clock=clock,
        texts=texts,
        signing_key=key.encode(),
    )
    channels.update(build_channels(house))
    answerer = Answerer(settings.knowledge_dir, settings.knowledge_base)
    services = Services(
        database=database, answerer=answerer, clock=clock, texts=texts, settings=settings
    )

    async def store_answers() -> str | None:
        await database.read(ping)
        return None

    async def bot_answers() -> str | None:
        return None if await dialogue.ready() else "Rasa is loading or not running"

    async def knowledge_answers() -> str | None:
        return answerer.problem()

    checks: dict[str, Check] = {
        "store": store_answers,
        "bot": bot_answers,
        "knowledge": knowledge_answers,
    }
    health = Health(checks, essential=frozenset({"store"}))

    app = web.Application(client_max_size=BODY_MOST, middlewares=[errors_as_json, security_headers])
    app.add_routes(health.routes())
    for channel in channels.values():
        app.add_routes(channel.routes())
    desk = build_desk(database, coordinator, clock, texts, settings, sender)
    app.add_routes(desk.routes())
    actions_app = build_actions_app(services, token)

    async with (
        _listening(app, settings.host, settings.port),
        _listening(actions_app, "127.0.0.1", settings.actions_port),
    ):
        log.info("gateway.listening", url=settings.own_url)
        await worker.start()
        background = [
            asyncio.create_task(sender.run(), name="sender"),
            asyncio.create_task(_watch(dialogue, coordinator, database), name="watch"),
        ]
        try:
            await asyncio.gather(*background)
        finally:
            log.info("gateway.draining", seconds=settings.drain_seconds)
            await worker.stop(settings.drain_seconds)
            await sender.stop(settings.drain_seconds / 3)
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)
            await desk.close()
            for channel in channels.values():
                await channel.close()
    await http.close()
    await coordinator.close()
    await database.close()
    log.info("gateway.stopped")


@asynccontextmanager
async def _listening(app: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """Serves ``app`` while inside. Raises :class:`PortTaken`."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=3)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise PortTaken(f"cannot listen on {host}:{port}: {error.strerror}") from error
        yield
    finally:
        await runner.cleanup()


async def _watch(dialogue: DialoguePort, coordinator: Coordinator, database: Database) -> None:
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
            metrics.inbox_pending.set(await database.read(messages.count_pending))
            for state, count in (await database.read(outbox.depth)).items():
                metrics.outbox_depth.labels(state).set(count)
        except StoreUnavailable as error:
            log.error("store.unavailable", reason=str(error))
        await asyncio.sleep(LOOK_EVERY)
