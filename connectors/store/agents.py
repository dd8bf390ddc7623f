"""Local accounts of the desk: passwords by Argon2, sessions by a random token stored hashed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, insert, select, update

from connectors.ids import AgentId, new_id
from connectors.store.schema import agent_sessions, agents

ROLES = ("agent", "supervisor", "editor")
SESSION_LIFE = timedelta(hours=12)  # one shift and a half

_hasher = PasswordHasher()
# Verified against when the login is unknown, so that both answers take the same time.
_NOBODY = _hasher.hash(secrets.token_hex(16))


class LoginTaken(Exception):
    """There is an account of this login already."""


@dataclass(frozen=True, slots=True)
class Agent:
    id: AgentId
    login: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class AgentSession:
    agent: Agent
    csrf: str


def add(
    conn: Connection, login: str, name: str, password_hash: str, role: str, now: datetime
) -> Agent:
    """Makes an account. Raises :class:`LoginTaken`."""
    if conn.execute(select(agents.c.id).where(agents.c.login == login)).first():
        raise LoginTaken(login)
    agent = Agent(AgentId(new_id("a")), login, name, role)
    conn.execute(
        insert(agents).values(
            id=agent.id,
            login=login,
            name=name,
            role=role,
            password_hash=password_hash,
            created_at=now,
        )
    )
    return agent


def set_password(conn: Connection, login: str, password_hash: str) -> bool:
    """Replaces a password and ends the account's sessions; False when there is no such login."""
    row = conn.execute(
        update(agents)
        .where(agents.c.login == login)
        .values(password_hash=password_hash)
        .returning(agents.c.id)
    ).first()
    if row is None:
        return False
    conn.execute(delete(agent_sessions).where(agent_sessions.c.agent_id == row.id))
    return True


def list_all(conn: Connection) -> list[Agent]:
    rows = conn.execute(select(agents).where(agents.c.active.is_(True)).order_by(agents.c.login))
    return [Agent(AgentId(r.id), r.login, r.name, r.role) for r in rows]


def credentials(conn: Connection, login: str) -> tuple[Agent, str] | None:
    """An active account and its password hash."""
    row = conn.execute(
        select(agents).where(agents.c.login == login, agents.c.active.is_(True))
    ).first()
    if row is None:
        return None
    return Agent(AgentId(row.id), row.login, row.name, row.role), row.password_hash


def hash_password(password: str) -> str:
    """Argon2id of a password; takes some 50 ms by design: call it off the event loop."""
    return _hasher.hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; as slow for an unknown account as for a known one."""
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def open_session(conn: Connection, agent: Agent, now: datetime) -> str:
    """Begins a desk session and returns its token: it is shown once and stored only as a hash."""
    token = secrets.token_urlsafe(32)
    conn.execute(delete(agent_sessions).where(agent_sessions.c.expires_at < now))
    conn.execute(
        insert(agent_sessions).values(
            token_hash=_digest(token),
            agent_id=agent.id,
            csrf=secrets.token_urlsafe(24),
            expires_at=now + SESSION_LIFE,
        )
    )
    return token


def session(conn: Connection, token: str, now: datetime) -> AgentSession | None:
    row = conn.execute(
        select(agents, agent_sessions.c.csrf)
        .join(agent_sessions, agent_sessions.c.agent_id == agents.c.id)
        .where(
            agent_sessions.c.token_hash == _digest(token),
            agent_sessions.c.expires_at > now,
            agents.c.active.is_(True),
        )
    ).first()
    if row is None:
        return None
    return AgentSession(Agent(AgentId(row.id), row.login, row.name, row.role), row.csrf)


def close_session(conn: Connection, token: str) -> None:
    conn.execute(delete(agent_sessions).where(agent_sessions.c.token_hash == _digest(token)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
