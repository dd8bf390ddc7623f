"""Counts words and pairs of words in our own texts: ``python -m actions.understanding.pinyin.learn``.

What people say to the bot (its training data), what the knowledge base that we ship says, and our
own texts. Run it again after these have grown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from actions.understanding.pinyin.lexicon import EDGE, PAIRS
from actions.understanding.text.segment import segment
from knowledge.text import fold

ROOT = Path(__file__).resolve().parents[3]
_SPOKEN = ("bot/data/nlu/**/*.yml",)
_WRITTEN = (
    "knowledge/corpus/national/**/*.*",
    "knowledge/lexicon/*.txt",
    "actions/understanding/data/categories/*.yml",
    "bot/texts/*.yml",
)
_SPOKEN_WEIGHT = 2  # people who type are more like people who speak than like rules
_ENTITY = re.compile(r"\[([^\]]*)\](?:\{[^}]*\}|\([^)]*\))")
_CHINESE = re.compile("[\u4e00-\u9fff]+")
_LEAST = 2  # seen once in what is written is chance


def main() -> None:
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for weight, patterns in ((_SPOKEN_WEIGHT, _SPOKEN), (1, _WRITTEN)):
        for run in _runs(patterns):
            words = [run[begin:end] for begin, end in segment(run)]
            single.update(words * weight)
            pairs.update(list(zip((EDGE, *words), (*words, EDGE), strict=True)) * weight)
    lines = [f"{word} {count}" for word, count in sorted(single.items()) if count >= _LEAST]
    lines += [f"{a} {b} {count}" for (a, b), count in sorted(pairs.items()) if count >= _LEAST]
    PAIRS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _runs(patterns: tuple[str, ...]) -> Iterator[str]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            for line in path.read_text(encoding="utf-8").splitlines():
                yield from _CHINESE.findall(fold(_ENTITY.sub(r"\1", line)))


if __name__ == "__main__":
    main()
