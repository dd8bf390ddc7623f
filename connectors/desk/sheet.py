"""Lists as CSV a spreadsheet opens as they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from aiohttp import web

from connectors.clock import in_china
from connectors.texts import Texts

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how what spreadsheets run begins


async def begun(
    request: web.Request, texts: Texts, name: str, columns: Sequence[str], now: datetime
) -> web.StreamResponse:
    """An answer whose first line names the columns; the others are written to it."""
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}-{in_china(now):%Y%m%d}.csv"',
            "Cache-Control": "no-store",
        }
    )
    await response.prepare(request)
    headings = [texts.say("sheet_column", column) for column in columns]
    await response.write(("\ufeff" + lines([headings])).encode())
    return response


def lines(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV. A cell a spreadsheet would take for a formula is made text."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return out.getvalue()
