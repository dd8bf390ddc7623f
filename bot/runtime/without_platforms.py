"""Leave out the client libraries of chat platforms.

Rasa imports its own channels for Slack, Telegram and others, each with its library, wherever a
message is named. Here people's platforms are the gateway's business, and ``credentials.yml`` has
one channel, ours. Measured: a sixth of the time Rasa needs to start.
"""

from __future__ import annotations

from runtime import hollow

HOLLOW = frozenset(
    {
        "aiogram",
        "fbmessenger",
        "mattermostwrapper",
        "rocketchat_API",
        "slack_sdk",
        "socketio",
        "twilio",
        "webexteamssdk",
    }
)
WHY = "is a library of a chat platform; platforms belong to the gateway (connectors/channels)."


def install() -> None:
    hollow.install(dict.fromkeys(HOLLOW, WHY))
