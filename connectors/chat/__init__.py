"""The chat socket that pages and apps of our own speak, whoever may open it (docs/webchat.md)."""
