"""Web chat: a page, a session token and one WebSocket."""
