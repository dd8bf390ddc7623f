"""Local accounts of the desk: passwords by Argon2, sessions by a random token stored hashed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, delete, insert, select, update

from connectors.ids import AgentId, new_id
from connectors.store.schema import agent_sessions, agents

ROLES = ("agent", "supervisor", "editor")
SESSION_LIFE = timedelta(hours=12)  # one shift and a half

_hasher = PasswordHasher()
# Verified against when the login is unknown, so that both answers take the same time.
_NOBODY = _hasher.hash(secrets.token_hex(16))


class LoginTaken(Exception):
    """There is an account of this login already."""


class AgentChanged(Exception):
    """Somebody else has changed this account since; ``current`` is what they made of it."""

    def __init__(self, current: Agent) -> None:
        super().__init__(f"{current.login} is at version {current.version}")
        self.current = current


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who works at the desk. ``skills``: the queues they serve, None for every one.
    ``max_load``: open talks at a time, None as configured."""

    id: AgentId
    login: str
    name: str
    role: str
    skills: frozenset[str] | None = None
    max_load: int | None = None
    active: bool = True
    version: int = 0


@dataclass(frozen=True, slots=True)
class AgentSession:
    """``key`` names the session and opens nothing."""

    agent: Agent
    csrf: str
    expires_at: datetime
    key: str


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


def set_password(conn: Connection, login: str, password_hash: str) -> AgentId | None:
    """Replaces a password and ends the sessions of the account, which is told; None: there is no
    such login."""
    row = conn.execute(
        update(agents)
        .where(agents.c.login == login)
        .values(password_hash=password_hash)
        .returning(agents.c.id)
    ).first()
    if row is None:
        return None
    conn.execute(delete(agent_sessions).where(agent_sessions.c.agent_id == row.id))
    return AgentId(row.id)


def list_all(conn: Connection) -> list[Agent]:
    rows = conn.execute(select(agents).where(agents.c.active.is_(True)).order_by(agents.c.login))
    return [_agent(row) for row in rows]


def everybody(conn: Connection) -> list[Agent]:
    """All accounts, those put out of use last."""
    rows = conn.execute(select(agents).order_by(agents.c.active.desc(), agents.c.login))
    return [_agent(row) for row in rows]


def get(conn: Connection, agent_id: str) -> Agent | None:
    row = conn.execute(select(agents).where(agents.c.id == agent_id)).first()
    return _agent(row) if row is not None else None


def change(
    conn: Connection,
    agent_id: str,
    began_with: int,
    *,
    name: str,
    role: str,
    skills: Collection[str] | None,
    max_load: int | None,
    active: bool,
) -> Agent:
    """Changes version ``began_with`` of an account; one put out of use loses its sessions.

    Raises :class:`AgentChanged`, and ``LookupError`` when there is no such account.
    """
    row = conn.execute(
        update(agents)
        .where(agents.c.id == agent_id, agents.c.version == began_with)
        .values(
            name=name,
            role=role,
            skills=None if skills is None else sorted(skills),
            max_load=max_load,
            active=active,
            version=began_with + 1,
        )
        .returning(*agents.c)
    ).first()
    if row is None:
        current = get(conn, agent_id)
        if current is None:
            raise LookupError(agent_id)
        raise AgentChanged(current)
    if not active:
        conn.execute(delete(agent_sessions).where(agent_sessions.c.agent_id == agent_id))
    return _agent(row)


def credentials(conn: Connection, login: str) -> tuple[Agent, str] | None:
    """An active account and its password hash."""
    row = conn.execute(
        select(agents).where(agents.c.login == login, agents.c.active.is_(True))
    ).first()
    if row is None:
        return None
    return _agent(row), row.password_hash


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
        select(agents, agent_sessions.c.csrf, agent_sessions.c.expires_at)
        .join(agent_sessions, agent_sessions.c.agent_id == agents.c.id)
        .where(
            agent_sessions.c.token_hash == _digest(token),
            agent_sessions.c.expires_at > now,
            agents.c.active.is_(True),
        )
    ).first()
    if row is None:
        return None
    return AgentSession(_agent(row), row.csrf, row.expires_at, _digest(token))


def still_open(conn: Connection, keys: Collection[str], now: datetime) -> set[str]:
    """Which of these sessions go on."""
    query = select(agent_sessions.c.token_hash).where(
        agent_sessions.c.token_hash.in_(keys), agent_sessions.c.expires_at > now
    )
    return set(conn.execute(query).scalars())


def close_session(conn: Connection, token: str) -> None:
    conn.execute(delete(agent_sessions).where(agent_sessions.c.token_hash == _digest(token)))


def _agent(row: Row[Any]) -> Agent:
    return Agent(
        AgentId(row.id),
        row.login,
        row.name,
        row.role,
        None if row.skills is None else frozenset(row.skills),
        row.max_load,
        row.active,
        row.version,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
