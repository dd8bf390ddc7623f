"""A PDF of Chinese lines, written by hand so that no PDF library is needed to test reading one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Line = str | Sequence[tuple[int, str] | tuple[int, str, int]]
"""A line at the left edge, or pieces of one, each with where it begins, and how much lower it
stands than the line."""
PICTURE = "\0"
"""A page's only line, if the page is a picture."""


def pdf_of(pages: Sequence[Sequence[Line]], *, locked: bool = False) -> bytes:
    """Lines of text on pages, in a composite font with a table back to Unicode; ``locked``: it
    claims a password that nobody knows."""
    placed = [[_pieces(line) for line in page] for page in pages]
    letters = sorted(
        {letter for page in placed for line in page for _, said, _ in line for letter in said}
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
            f"1 0 0 1 {x} {780 - 24 * row - low} Tm <{_coded(said, codes)}> Tj\n"
            for row, line in enumerate(page)
            for x, said, low in line
        )
        drawn = f"BT /F 14 Tf\n{shown}ET"
        if pages[n] == [PICTURE]:
            drawn = "q 500 0 0 700 40 70 cm\nBI /W 1 /H 1 /CS /G /BPC 8 ID A EI\nQ"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
            f" /Resources << /Font << /F 3 0 R >> >> /Contents {7 + 2 * n} 0 R >>"
        )
        objects.append(_stream(drawn))
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


def _pieces(line: Line) -> Sequence[tuple[int, str, int]]:
    if isinstance(line, str):
        return [(60, line, 0)]
    return [(piece[0], piece[1], piece[2] if len(piece) > 2 else 0) for piece in line]


def _coded(said: str, codes: Mapping[str, int]) -> str:
    return "".join(f"{codes[letter]:04x}" for letter in said)
