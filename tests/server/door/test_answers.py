"""Answers: structs as JSON, with what caches may do with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_type_hints

import msgspec
import pytest

from server.api import health, realtime, settled
from server.api.system import dead_letters, overview
from server.door.answers import Answer
from server.live import sockets
from server.problems import ProblemBody
from wire import Serve

GOLDEN = Path(__file__).parents[2] / "golden" / "wire"
BODIES: dict[str, type[msgspec.Struct]] = {
    "ready": health.Ready,
    "realtime": realtime.Realtime,
    "settled": settled.Settled,
    "system": overview.System,
    "dead_letters": dead_letters.DeadLetters,
    "replayed": dead_letters.Replayed,
    "discarded": dead_letters.Discarded,
    "problem_not_events": ProblemBody,
}


@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_golden_answer_is_the_struct_of_its_handler_and_nothing_more(name: str) -> None:
    held = json.loads((GOLDEN / f"{name}.json").read_text())
    assert json.loads(msgspec.json.encode(msgspec.convert(held, BODIES[name]))) == held


@pytest.mark.parametrize("body", Answer.__subclasses__(), ids=lambda body: body.__qualname__)
def test_a_schema_can_be_made_of_every_answer(body: type[Answer]) -> None:
    schema: Any = msgspec.json.schema(body)
    [described] = [part for name, part in schema["$defs"].items() if name == body.__name__]
    assert described["description"]
    assert set(described["properties"]) == {
        msgspec.structs.fields(body)[at].encode_name for at in range(len(get_type_hints(body)))
    }


async def test_who_has_an_answer_is_told_that_it_still_holds(serve: Serve) -> None:
    client = await serve()
    async with client.get("/api/live/definitions") as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == "public, max-age=300"
        assert response.headers["Vary"] == "Origin"
        assert await response.json() == {"definitions": sockets.DEFINITIONS}
        tag = response.headers["ETag"]
    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        async with client.get("/api/live/definitions", headers={"If-None-Match": held}) as response:
            assert (response.status, await response.read()) == (304, b"")
            assert response.headers["ETag"] == tag
            assert response.headers["Cache-Control"] == "public, max-age=300"
    for held in ('"other"', "no tag at all", ""):
        async with client.get("/api/live/definitions", headers={"If-None-Match": held}) as response:
            assert response.status == 200


async def test_what_needs_a_token_is_for_the_readers_own_cache_alone(serve: Serve) -> None:
    client = await serve(public_reads=False)
    async with client.get("/api/live/definitions") as response:
        assert response.status == 401
        assert response.headers["Cache-Control"] == "no-store"
    headers = {"Authorization": f"Bearer {sockets_token()}"}
    async with client.get("/api/live/definitions", headers=headers) as response:
        assert response.headers["Cache-Control"] == "private, max-age=300"


def sockets_token() -> str:
    from server.door.tokens import mint
    from wire import SECRET

    return mint(SECRET, "read:public")


async def test_a_number_that_is_true_only_now_is_kept_nowhere(serve: Serve) -> None:
    client = await serve()
    async with client.get("/health") as response:
        assert response.headers["Cache-Control"] == "no-store"
        assert "ETag" not in response.headers


def test_answers_are_made_in_one_place() -> None:
    root = Path(__file__).parents[3] / "server"
    own = {root / "door" / "answers.py", root / "problems.py", root / "page.py"}
    others = [file for file in root.rglob("*.py") if file not in own]
    # The hot path of ingest and the text of the metrics are no answers of this kind.
    makers = {file.stem for file in others if "web.Response(" in file.read_text()}
    assert makers == {"events", "health", "access", "malformed"} & makers
