"""The base as a LangChain retriever, for whatever in LangChain's world wants one."""

from __future__ import annotations

from datetime import date
from typing import Literal

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from knowledge.base import KnowledgeBase
from knowledge.clock import today
from knowledge.query import Query


class PassageRetriever(BaseRetriever):
    """The best passages for a question, masked as for a person: in force on ``on`` (today if
    ``None``), of ``region``'s chain, for ``audience``.  The very search that answers people."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    base: KnowledgeBase
    k: int = 5
    on: date | None = None
    region: str | None = None
    audience: Literal["person", "enterprise"] | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        asked = Query(query, self.on or today(), self.region, self.audience)
        return [
            Document(
                id=hit.passage.id,
                page_content=hit.passage.text,
                metadata={
                    "entry_id": str(hit.entry.id),
                    "title": hit.entry.title,
                    "heading": hit.passage.heading,
                    "issuer": hit.entry.issuer,
                    "region": str(hit.entry.region),
                    "link": hit.entry.link,
                    "score": hit.score,
                },
            )
            for hit in self.base.search(asked, self.k).hits
        ]
