"""Gold as ids of the base asked: labels name entries by file, title, number or link as well."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from knowledge.labelled import Labelled, QuestionsError
from knowledge.model import EntryId
from knowledge.published.store import EntryStore

_NAMED = 3  # examples of a kind of mistake


def settled_gold(folder: Path, questions: Sequence[Labelled]) -> tuple[list[Labelled], list[str]]:
    """The questions with gold as ids of the base: what is none is looked for among file names,
    titles, numbers and links of documents, and a document's id stands for its parts too; and in
    words what was made of it and what is nowhere.

    Raises :class:`QuestionsError` if no gold at all is in the base.
    """
    path = folder / "entries.sqlite"
    if not path.exists():
        return list(questions), []
    named = strange = 0
    examples: list[str] = []
    settled: list[Labelled] = []
    with EntryStore(path) as store:
        for labelled in questions:
            gold: list[str] = []
            for one in labelled.gold:
                ids = _ids(store, one)
                named += bool(ids) and one not in ids
                strange += not ids
                if not ids and one not in examples:
                    examples.append(one)
                gold += ids or [one]
            settled.append(labelled.model_copy(update={"gold": tuple(gold)}))
        some = "、".join(list(store.ids())[:_NAMED])
    if strange and strange == sum(len(labelled.gold) for labelled in questions):
        raise QuestionsError(
            f"gold 里的编号没有一个在知识库 {folder.name} 里（如 {_some(examples)}）；"
            f"库里的编号像 {some}。编号取自入库时的 id 列，可用 --map id=列 指定"
        )
    told = []
    if named:
        told.append(f"gold 里 {named} 处不是编号，已按文件名、标题、文号或网址对上")
    if strange:
        told.append(f"gold 里 {strange} 处不在知识库里，只能算没找到（如 {_some(examples)}）")
    return settled, told


def _ids(store: EntryStore, gold: str) -> list[str]:
    parts = [str(one) for one in store.named(gold)]
    if store.holds(EntryId(gold)):
        return [gold, *(one for one in parts if one != gold)]
    if gold.startswith(("http://", "https://")):
        return store.linked(gold)
    stem = Path(gold).stem
    if stem != gold and store.holds(EntryId(stem)):
        return [stem]
    return parts or store.of_file(gold)


def _some(things: Sequence[object]) -> str:
    shown = "、".join(str(thing) for thing in things[:_NAMED])
    return shown + (" 等" if len(things) > _NAMED else "")
