"""The nodes of the model's graph run one after the other, in an order worked out once.

Rasa hands the graph to dask's scheduler for each message and each prediction, three times a turn.
What it schedules is a chain of a few functions in one thread.
"""

from __future__ import annotations

from typing import Any


def install() -> None:
    from rasa.engine.exceptions import GraphRunError
    from rasa.engine.runner.dask import DaskGraphRunner

    def run(
        self: DaskGraphRunner,
        inputs: dict[str, Any] | None = None,
        targets: list[str] | None = None,
    ) -> dict[str, Any]:
        schema = self._graph_schema
        wanted = tuple(targets or schema.target_names)
        orders: dict[tuple[str, ...], list[str]] = self.__dict__.setdefault("_orders", {})
        if wanted not in orders:
            orders[wanted] = order(wanted, schema.nodes)
        # As Rasa has it: a node gets (name, output) of each node it needs.
        done: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name in orders[wanted]:
                needs = schema.nodes[name].needs.values()
                done[name] = self._instantiated_nodes[name](*(done.get(n, n) for n in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(done[name] for name in wanted)

    DaskGraphRunner.run = run


def order(wanted: tuple[str, ...], nodes: dict[str, Any]) -> list[str]:
    """The nodes that are needed for the wanted ones, each after those it needs."""
    ordered: list[str] = []
    seen: set[str] = set()

    def add(name: str) -> None:
        if name in nodes and name not in seen:
            seen.add(name)
            for need in nodes[name].needs.values():
                add(need)
            ordered.append(name)

    for name in wanted:
        add(name)
    return ordered
