"""A PDF of Chinese lines, written by hand so that no PDF library is needed to test reading one."""

from __future__ import annotations

from collections.abc import Sequence

Line = str | Sequence[tuple[int, str]]
"""A line at the left edge, or pieces of one, each with where it begins."""


def pdf_of(pages: Sequence[Sequence[Line]], *, locked: bool = False) -> bytes:
    """Lines of text on pages, in a composite font with a table back to Unicode; ``locked``: it
    claims a password that nobody knows."""
    placed = [[_pieces(line) for line in page] for page in pages]
    letters = sorted(
        {letter for page in placed for line in page for _, said in line for letter in said}
    )
    codes = {letter: n for n, letter in enumerate(letters, 1)}
    pairs = "\n".join(f"<{code:04x}> <{ord(letter):04x}>" for letter, code in codes.items())
    unicode_table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CMapName /T def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{pairs}\nendbfchar\nendcmap end end"
    )
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H"
        " /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /DW 1000"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        _stream(unicode_table),
    ]
    for n, page in enumerate(placed):
        shown = "".join(
            f"1 0 0 1 {x} {780 - 24 * row} Tm <{''.join(f'{codes[c]:04x}' for c in said)}> Tj\n"
            for row, line in enumerate(page)
            for x, said in line
        )
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
            f" /Resources << /Font << /F 3 0 R >> >> /Contents {7 + 2 * n} 0 R >>"
        )
        objects.append(_stream(f"BT /F 14 Tf\n{shown}ET"))
    lock = ""
    if locked:
        secret = "<" + "5a" * 32 + ">"
        objects.append(f"<< /Filter /Standard /V 1 /R 2 /O {secret} /U {secret} /P -4 >>")
        lock = f" /Encrypt {len(objects)} 0 R /ID [<00> <00>]"
    body, places = "%PDF-1.4\n", list[int]()
    for number, thing in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{thing}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    body += (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {size} /Root 1 0 R{lock} >>\nstartxref\n{len(body)}\n%%EOF\n"
    )
    return body.encode("latin-1")


def _stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def _pieces(line: Line) -> Sequence[tuple[int, str]]:
    return [(60, line)] if isinstance(line, str) else line
