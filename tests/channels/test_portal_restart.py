"""A gateway that restarts forgets which nonces were used; nothing is done twice all the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connectors.settings.portal import Portal, PortalAccount
from connectors.signing import signed_headers
from connectors.store import messages
from tests.connectors.test_turns import only_conversation
from tests.house import House, house

SECRET = "s" * 40


def accounts() -> Portal:
    account = PortalAccount.model_validate(
        {"secret": SECRET, "callback_url": "http://127.0.0.1:1/callback"}
    )
    return Portal(accounts={"city": account})


async def post(h: House, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    async with h.client.post("/portal/city/messages", data=body, headers=headers) as response:
        return response.status, await response.json()


async def test_a_request_played_again_after_a_restart_is_known_by_its_message(
    tmp_path: Path,
) -> None:
    body = json.dumps({"type": "message", "id": "1", "from": "u1", "text": "路灯坏了"}).encode()
    headers = signed_headers(SECRET, body, datetime.now(UTC))
    async with house(tmp_path, portal=accounts()) as h:
        status, first = await post(h, body, headers)
        assert (status, first["duplicate"]) == (200, False)
        assert (await post(h, body, headers))[0] == 409
    async with house(tmp_path, portal=accounts()) as h:
        status, again = await post(h, body, headers)
        assert status == 200
        assert again == {"message_id": first["message_id"], "duplicate": True}
        conversation = await only_conversation(h)
        said = await h.database.read(lambda conn: messages.after(conn, conversation.id, 0))
        assert [one.text for one in said if one.author.value == "citizen"] == ["路灯坏了"]
