"""``python -m tests.tickets.schema`` writes docs/tickets.schema.json from the code."""

from __future__ import annotations

import json

from connectors.tickets.webhook import wire
from tests.structure.source import ROOT

if __name__ == "__main__":
    text = json.dumps(wire.schema(), ensure_ascii=False, indent=2)
    (ROOT / "docs" / "tickets.schema.json").write_text(text + "\n", encoding="utf-8")
