"""Stores of both kinds, and people with addresses."""

from __future__ import annotations

from tests.store.conftest import database as database
from tests.store.conftest import empty_store as empty_store
from tests.store.conftest import postgres as postgres
from tests.store.conftest import second as second
from tests.store.conftest import settings as settings
from tests.store.conftest import template as template
