"""What can go wrong with the store as a whole.

StoreError
 ├── StoreUnavailable   it cannot be read or written now; the same call may succeed later
 └── StoreRefused       it must not be used as it is; the message names the command to run
"""

from __future__ import annotations


class StoreError(Exception):
    """Base of the two."""


class StoreUnavailable(StoreError):
    """The store cannot be written or read now: full or read-only disk, lost server.

    Nothing of the unit of work was kept, with one exception that no client can rule out: a
    PostgreSQL server lost *while it commits* may have kept it. Units are recognisable when they
    come again (a deduplication key, a fence), so the caller may always try again.
    """


class StoreRefused(StoreError):
    """The store is not ours to use as it is: another schema, a restore under way."""
