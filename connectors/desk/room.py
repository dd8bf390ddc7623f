"""What every room of the desk that has pages of its own begins with."""

from __future__ import annotations

from connectors.desk.access import Access
from connectors.desk.office import Office
from connectors.desk.pages import Pages

WORKERS = ("agent", "supervisor")
"""The roles that talk with people and work on orders; an editor reads."""


class Room:
    """A room of the desk: what each of its pages works with."""

    def __init__(self, office: Office, access: Access, pages: Pages) -> None:
        self._office = office
        self._access = access
        self._pages = pages
