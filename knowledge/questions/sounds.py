"""How characters sound and which words there are, from the tables of the ``jionlp`` package.

Read only when a question has something strange in it.  Without the package nothing sounds like
anything, and nothing is guessed.
"""

from __future__ import annotations

import importlib.util
import re
import zipfile
from functools import cache
from pathlib import Path

_TONELESS = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹ", "aaaaeeeeiiiioooouuuuvvvvvnnn")
_COUNTED = re.compile(r'\["([一-鿿]{2,4})", \d{4,}\]')
"""A word of two to four characters that was counted a thousand times or more."""


@cache
def sounds() -> dict[str, str]:
    """Per character the letters it is typed with, whatever the tone.

    By the first reading the table gives; a character's rarer readings are left out.
    """
    found: dict[str, str] = {}
    for line in _table("chinese_char_dictionary", ".txt").splitlines():
        start = line.find("[")
        sound = line[start + 1 : line.find("]", start)].translate(_TONELESS)
        if start > 0 and sound.isascii() and sound.isalpha() and "一" <= line[0] <= "龥":
            found[line[0]] = sound
    return found


@cache
def homophones() -> dict[str, str]:
    """Per character the others that are typed with the same letters."""
    together: dict[str, str] = {}
    for character, sound in sounds().items():
        together[sound] = together.get(sound, "") + character
    return {
        character: together[sound].replace(character, "") for character, sound in sounds().items()
    }


def sound_of(word: str) -> str:
    """A word as it is typed, "" if a character of it is not in the table."""
    known = sounds()
    heard = [known.get(character, "") for character in word]
    return " ".join(heard) if all(heard) else ""


@cache
def common_words() -> frozenset[str]:
    """Words of two to four characters that are written often, whatever they are about."""
    text = _table("word_distribution", ".json")
    # One by one, so that other threads go on meanwhile.
    return frozenset(found[1] for found in _COUNTED.finditer(text))


def _table(name: str, ending: str) -> str:
    """A file of the package, which packs some of them on first use; "" where there is none."""
    spec = importlib.util.find_spec("jionlp")
    if spec is None or spec.origin is None:
        return ""
    folder = Path(spec.origin).parent / "dictionary"
    plain, packed = folder / f"{name}{ending}", folder / f"{name}.zip"
    if plain.exists():
        return plain.read_text(encoding="utf-8")
    if packed.exists():
        with zipfile.ZipFile(packed) as archive:
            return archive.read(f"{name}{ending}").decode()
    return ""
