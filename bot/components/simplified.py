"""Traditional characters are read as the Simplified ones the examples are written in.

Only what the intent classifier looks at is put so: the message keeps the person's own words. Every
character stands for exactly one, so that places in the text stay what they were.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.message import Message

_CHINESE = range(0x3400, 0xA000)
# What people send for a short answer. The gateway's fold() knows the same.
_SIGNS = {"👌": "好", "👍": "好", "🆗": "好", "✅": "对", "❌": "不"}


@cache
def _table() -> dict[int, Any]:
    from opencc import OpenCC

    characters = "".join(map(chr, _CHINESE))
    # Line by line: words are converted as wholes, and here each character is to stand alone.
    lines = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, lines)  # noqa: B905  (Python 3.10)
    found = {c: line for c, line in pairs if len(line) == 1 and c != line}
    return str.maketrans({**found, **_SIGNS})


def simplified(text: str) -> str:
    """The text in Simplified characters, as long as it was."""
    return text.translate(_table())


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class SimplifiedJiebaTokenizer(JiebaTokenizer):
    """jieba's words of the Simplified text: its dictionary knows few Traditional ones."""

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The words with their places in the text as it was written."""
        import jieba

        words = jieba.tokenize(simplified(message.get(attribute)))
        return self._apply_token_pattern([Token(word, start) for word, start, _ in words])
