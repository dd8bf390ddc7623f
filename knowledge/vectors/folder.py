"""Vectors from a sentence model in a folder of this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from langchain_core.embeddings import Embeddings

from knowledge.errors import EmbeddingError

if TYPE_CHECKING:
    import numpy as np

_BATCH = 32
_TOKENS_MOST = 512
_INPUTS = frozenset(("input_ids", "attention_mask", "token_type_ids", "position_ids"))
_WHOLE = "sentence_embedding"  # the output of models that have pooled already

Pooling = Literal["cls", "mean", "lasttoken"]
_FLAGS: Mapping[str, Pooling] = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_lasttoken": "lasttoken",
}


class LocalFolder(Embeddings):
    """A sentence model exported to ONNX: ``tokenizer.json`` with ``model.onnx`` (or
    ``onnx/model.onnx``) in one folder.

    Which of the tokens' vectors stands for the text is read where sentence-transformers writes it,
    in ``1_Pooling/config.json``; without it the first does, as in the bge family.  Vectors have
    length 1.
    """

    def __init__(self, folder: Path, prefix: str = "") -> None:
        places = (folder / "model.onnx", folder / "onnx" / "model.onnx")
        graph = next((place for place in places if place.exists()), None)
        if graph is None or not (folder / "tokenizer.json").exists():
            raise EmbeddingError(f"模型文件夹里应有 model.onnx 和 tokenizer.json：{folder}")
        import onnxruntime  # type: ignore[import-untyped]
        from tokenizers import Tokenizer

        self._pooling = _pooling(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_TOKENS_MOST)
        self._tokenizer.enable_padding()
        self._session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
        self._wanted = {part.name for part in self._session.get_inputs()}
        if strange := sorted(self._wanted - _INPUTS):
            raise EmbeddingError(f"模型要的输入不认识：{'、'.join(strange[:3])}，请换句向量模型")
        given = [part.name for part in self._session.get_outputs()]
        self._output = _WHOLE if _WHOLE in given else given[0]
        self._prefix = prefix

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        found: list[list[float]] = []
        for at in range(0, len(texts), _BATCH):
            found += self._run(texts[at : at + _BATCH])
        return found

    def embed_query(self, text: str) -> list[float]:
        return self._run([self._prefix + text])[0]

    def _run(self, texts: list[str]) -> list[list[float]]:
        import numpy as np

        rows = self._tokenizer.encode_batch(texts)
        mask = np.array([row.attention_mask for row in rows], dtype=np.int64)
        inputs = {
            "input_ids": np.array([row.ids for row in rows], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([row.type_ids for row in rows], dtype=np.int64),
            "position_ids": np.broadcast_to(np.arange(mask.shape[1]), mask.shape),
        }
        fed = {name: value for name, value in inputs.items() if name in self._wanted}
        given = np.asarray(self._session.run([self._output], fed)[0])
        whole = given if given.ndim == 2 else _pooled(given, mask, self._pooling)
        unit = whole / np.maximum(np.linalg.norm(whole, axis=1, keepdims=True), 1e-12)
        return [[float(x) for x in row] for row in unit]


def _pooling(folder: Path) -> Pooling:
    """Raises :class:`EmbeddingError` for a way that is not known here."""
    file = folder / "1_Pooling" / "config.json"
    if not file.exists():
        return "cls"
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
        named = [way for flag, way in _FLAGS.items() if config.get(flag) is True]
        named = named or [way for way in _FLAGS.values() if config.get("pooling_mode") == way]
    except (OSError, ValueError, AttributeError) as error:
        raise EmbeddingError(f"读不了 {file}：{error}") from error
    if len(named) != 1:
        raise EmbeddingError(f"{file} 里的池化方式不认识，能用的是 {'、'.join(_FLAGS.values())}")
    return named[0]


def _pooled(
    tokens: np.ndarray[Any, Any], mask: np.ndarray[Any, Any], way: Pooling
) -> np.ndarray[Any, Any]:
    """One vector for each text: ``tokens`` of shape (texts, tokens, size); what fills up the
    shorter texts (``mask`` 0) is not counted."""
    import numpy as np

    if way == "mean":
        weights = mask[:, :, None]
        mean: np.ndarray[Any, Any] = (tokens * weights).sum(axis=1) / np.maximum(
            weights.sum(axis=1), 1
        )
        return mean
    last = mask.shape[1] - 1 - np.argmax(mask[:, ::-1], axis=1)
    of_each = np.zeros(len(tokens), dtype=np.int64) if way == "cls" else last
    chosen: np.ndarray[Any, Any] = tokens[np.arange(len(tokens)), of_each]
    return chosen
