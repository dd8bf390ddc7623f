"""Files people sent, on the desk: small pictures in the pages, and opening one, which is noted."""

from __future__ import annotations

from typing import NoReturn

from aiohttp import web
from sqlalchemy import Connection

from connectors.desk.access import Access
from connectors.desk.office import Office
from connectors.desk.pages import Pages
from connectors.store import attachments, audit

OPENED = "attachment.opened"


class FilePages:
    def __init__(self, office: Office, access: Access, pages: Pages) -> None:
        self._office = office
        self._access = access
        pages.share(small_picture=self._small)

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/desk/files/{id}", self._open)]

    def _small(self, attachment_id: str) -> str:
        return self._office.file_links.path(attachment_id, self._office.clock.now(), small=True)

    async def _open(self, request: web.Request) -> NoReturn:
        """To the file itself, by a link that ends; who opened it stands in the audit."""
        session = await self._access.session(request)
        attachment_id, now = request.match_info["id"], self._office.clock.now()
        talk, order = request.query.get("talk", "")[:40], request.query.get("order", "")[:24]

        def unit(conn: Connection) -> bool:
            if attachments.get(conn, attachment_id) is None:
                return False
            audit.record(
                conn,
                now,
                actor=session.agent.id,
                event=OPENED,
                conversation_id=talk or None,
                attachment=attachment_id,
                number=order or None,
            )
            return True

        if not await self._office.database.transact(unit):
            raise web.HTTPNotFound(text=self._office.texts.say("attachment_gone"))
        raise web.HTTPSeeOther(self._office.file_links.path(attachment_id, now))
