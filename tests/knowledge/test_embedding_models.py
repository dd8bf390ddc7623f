"""Models of meaning: an OpenAI-compatible endpoint, and a folder of this machine."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import pytest

from knowledge.errors import EmbeddingError
from knowledge.vectors.endpoint import OpenAICompatible
from knowledge.vectors.folder import LocalFolder
from tests.knowledge.onnx import model_folder


class Server:
    """An OpenAI-compatible endpoint on loopback that answers as told."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, object]] = []
        self.asked: list[dict[str, object]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append({**body, "auth": self.headers.get("Authorization")})
                code, data = server.answers.pop(0)
                self.send_response(code)
                self.end_headers()
                self.wfile.write(json.dumps(data).encode())

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/v1"

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.http.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as made:
        yield made


def vectors(*rows: list[float]) -> dict[str, object]:
    return {"data": [{"index": n, "embedding": row} for n, row in enumerate(rows)]}


def test_an_endpoint_is_asked_as_openai_defined_it(server: Server) -> None:
    server.answers = [(200, {"data": list(reversed(vectors([1, 0], [0, 1])["data"]))})]  # type: ignore[call-overload]
    found = OpenAICompatible(server.url, "bge", "key").embed_documents(["甲", "乙"])
    assert found == [[1.0, 0.0], [0.0, 1.0]]
    assert server.asked == [{"model": "bge", "input": ["甲", "乙"], "auth": "Bearer key"}]


def test_a_query_carries_its_prefix(server: Server) -> None:
    server.answers = [(200, vectors([1.0]))]
    OpenAICompatible(server.url, "bge", prefix="查：").embed_query("甲")
    assert server.asked[0]["input"] == ["查：甲"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, {}), "HTTP 401"),
        ((200, {"nothing": 1}), "看不懂"),
        ((200, vectors()), "少给了"),
    ],
)
def test_an_endpoint_that_answers_badly_is_named(
    server: Server, answer: tuple[int, object], said: str
) -> None:
    server.answers = [answer]
    with pytest.raises(EmbeddingError, match=said):
        OpenAICompatible(server.url, "bge").embed_query("甲")


def test_an_endpoint_that_is_not_there_is_named() -> None:
    with pytest.raises(EmbeddingError, match="没有应答"):
        OpenAICompatible("http://127.0.0.1:9/v1", "bge").embed_query("甲")
    with pytest.raises(EmbeddingError, match="http"):
        OpenAICompatible("ftp://x", "bge")


def test_a_passing_fault_is_tried_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.vectors.endpoint.time.sleep", lambda _: None)
    server.answers = [(503, {}), (429, {}), (200, vectors([1.0]))]
    assert OpenAICompatible(server.url, "bge").embed_documents(["甲"]) == [[1.0]]


class Modest(Server):
    """One that takes ``most`` texts at once, of ``longest`` characters each."""

    def __init__(self, most: int, longest: int = 1000) -> None:
        super().__init__()
        self.most, self.longest = most, longest
        self.answers = self  # type: ignore[assignment]

    def pop(self, _place: int) -> tuple[int, object]:
        texts = self.asked[-1]["input"]
        assert isinstance(texts, list)
        if len(texts) > self.most or any(len(text) > self.longest for text in texts):
            return 400, {"error": {"message": "batch size is invalid"}}
        return 200, vectors(*([float(len(text))] for text in texts))


def test_fewer_are_sent_to_an_endpoint_that_takes_fewer() -> None:
    texts = ["字" * (1 + n % 7) for n in range(80)]
    with Modest(10) as server:
        model = OpenAICompatible(server.url, "v3")
        assert model.embed_documents(texts) == [[float(len(text))] for text in texts]
        sizes = [len(one["input"]) for one in server.asked]  # type: ignore[arg-type]
        assert sizes[:4] == [32, 16, 8, 8]
        assert set(sizes[7:]) == {8}  # it is known from then on


def test_a_text_too_long_for_an_endpoint_is_known_by_its_beginning() -> None:
    texts = ["短", "长" * 300, *["中" * 50] * 30]
    with Modest(32, longest=120) as server:
        model = OpenAICompatible(server.url, "bge")
        found = model.embed_documents(texts)
        assert [found[0], found[2]] == [[1.0], [50.0]]
        assert 64 <= found[1][0] <= 120
        asked = len(server.asked)
        model.embed_documents(["中"] * 32)
        assert len(server.asked) == asked + 1  # as many at once as before


def test_what_an_endpoint_refuses_however_little_is_told_in_its_words() -> None:
    with Modest(0) as server:
        model = OpenAICompatible(server.url, "unknown")
        with pytest.raises(EmbeddingError, match=r"HTTP 400.*batch size is invalid"):
            model.embed_documents(["字" * 200] * 32)
        assert len(server.asked) < 12
        with pytest.raises(EmbeddingError) as refused:
            model.embed_query("我叫张三")
        assert str(refused.value).endswith("HTTP 400）")


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match=r"model\.onnx"):
        LocalFolder(tmp_path)


def test_a_local_model_folder_gives_vectors_of_length_one(tmp_path: Path) -> None:
    model = LocalFolder(model_folder(tmp_path))
    assert model.embed_documents(["犬只登记", "车"]) == [
        pytest.approx([0.6, 0.8]),
        pytest.approx([0.0, 1.0]),
    ]
    assert model.embed_query("车") == pytest.approx([0.0, 1.0])


@pytest.mark.parametrize(
    ("config", "dog_car"),
    [
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, [0.6, 0.8]),
        ({"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}, [1.5, 3.0]),
        ({"pooling_mode_lasttoken": True}, [0.0, 1.0]),
        ({"pooling_mode": "mean"}, [1.5, 3.0]),
    ],
)
def test_a_folder_says_which_of_its_vectors_stands_for_a_text(
    tmp_path: Path, config: dict[str, object], dog_car: list[float]
) -> None:
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text(json.dumps(config))
    both, dog = LocalFolder(model_folder(tmp_path)).embed_documents(["犬车", "犬"])
    length = math.hypot(*dog_car)
    assert both == pytest.approx([x / length for x in dog_car])
    assert dog == pytest.approx([0.6, 0.8])  # what fills it up to two tokens is not counted


@pytest.mark.parametrize("config", ['{"pooling_mode": "weighted"}', "no JSON", "[]"])
def test_a_way_of_pooling_that_is_not_known_is_named(tmp_path: Path, config: str) -> None:
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text(config)
    with pytest.raises(EmbeddingError, match="1_Pooling"):
        LocalFolder(model_folder(tmp_path))
