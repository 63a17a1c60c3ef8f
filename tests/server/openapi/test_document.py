"""The OpenAPI document: every route, every parameter and every schema is that of the code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from route_table import golden_name
from server.openapi.described import DESCRIBED
from server.openapi.document import PARAMETERS, document
from server.openapi.examples import EXAMPLES
from server.openapi.operations import OPERATIONS
from server.openapi.summaries import GROUPS, SUMMARIES
from wire import Serve

ROUTES = Path(__file__).parents[2] / "golden" / "routes"
WIRE = ROUTES.parent / "wire"
PAGE = "GET /{tail}"


def test_every_route_is_described_but_the_page() -> None:
    assert sorted(DESCRIBED) == sorted(set(OPERATIONS) - {PAGE})


def test_every_operation_has_a_sentence_of_its_own_and_stands_in_a_group() -> None:
    assert set(SUMMARIES) == set(DESCRIBED)
    assert {group for group, _ in SUMMARIES.values()} == set(GROUPS)
    assert len({sentence for _, sentence in SUMMARIES.values()}) == len(SUMMARIES)
    made = document()
    assert [tag["name"] for tag in made["tags"]] == list(GROUPS)
    search = made["paths"]["/api/v1/search"]["get"]
    assert search["tags"] == ["Contents and creators"]
    assert search["summary"] == "Find contents by words of their titles"
    assert search["description"] == "Needs the scope read:public."


def refused(route: str) -> str:
    """Return in which words a route refuses a parameter that it does not know."""
    cases = json.loads((ROUTES / f"{golden_name(route)}.json").read_text())
    return str(cases["unknown parameter"].get("problem", {}).get("detail", ""))


@pytest.mark.parametrize("route", sorted(DESCRIBED))
def test_the_parameters_are_those_that_the_route_itself_names(route: str) -> None:
    words = refused(route)
    if "is not known here" not in words:
        assert set(DESCRIBED[route].parameters) <= {"key"}  # it leaves alone what it does not know
        return
    _, _, there = words.partition("there are ")
    assert set(DESCRIBED[route].parameters) == set(re.findall(r"\w+", there))


def test_every_parameter_that_is_explained_is_taken_somewhere() -> None:
    assert set(PARAMETERS) == {name for described in DESCRIBED.values() for name in described.parameters}


def test_the_document_is_one_that_others_read() -> None:
    made = document()
    assert made["openapi"] == "3.1.0"
    schema = schemathesis.openapi.from_dict(made)
    schema.validate()
    assert sum(1 for operation in schema.get_all_operations() if operation.ok()) == len(DESCRIBED)
    names = re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(made))
    assert set(names) <= set(made["components"]["schemas"])
    ids = [one["operationId"] for path in made["paths"].values() for one in path.values()]
    assert len(set(ids)) == len(ids) == len(DESCRIBED)


ANSWERS = {
    "counters": "GET /api/v1/counters",
    "dashboard": "GET /api/analytics/dashboard",
    "dashboard_stats": "GET /api/dashboard/stats",
    "facts": "GET /api/v1/content/{id}",
    "facts_listed": "PUT /api/v1/content",
    "facts_stated": "PUT /api/v1/content/{id}",
    "events_accepted": "POST /api/stats/events", "events_warned": "POST /api/stats/events",
    "keys": "GET /api/v1/keys", "me": "GET /api/v1/me",
    "made_key": "POST /api/v1/keys", "mashup_analytics": "GET /api/analytics/mashups/{id}",
    "query": "POST /api/v1/query", "query_definitions": "GET /api/v1/query/definitions", "ready": "GET /ready",
    "realtime": "GET /api/analytics/realtime", "renewed": "POST /api/v1/token",
    "revoked_key": "DELETE /api/v1/keys/{id}", "search": "GET /api/v1/search", "settled": "GET /api/v1/settled",
    "share_accepted": "POST /api/shares", "share_count": "GET /api/apps/{id}/share-count",
    "share_stats": "GET /api/admin/shares/stats", "stats_analytics": "GET /api/stats/analytics",
    "system": "GET /api/v1/system", "dead_letters": "GET /api/v1/dead-letters",
    "webhooks": "GET /api/v1/webhooks", "made_webhook": "POST /api/v1/webhooks",
    "removed_webhook": "DELETE /api/v1/webhooks/{id}", "deliveries": "GET /api/v1/webhooks/{id}/deliveries",
    "delivery": "POST /api/v1/webhooks/{id}/test",
    "person": "GET /api/v1/people/{id}", "personal_stated": "POST /api/v1/people/{id}/pauses",
    "replayed": "POST /api/v1/dead-letters/replay", "discarded": "DELETE /api/v1/dead-letters/{id}",
}  # fmt: skip
"""Documented answer -> the operation that gives it."""


@pytest.mark.parametrize("name", ANSWERS)
def test_a_documented_answer_fits_its_schema_and_one_without_a_member_does_not(name: str) -> None:
    made = document()
    method, _, path = ANSWERS[name].partition(" ")
    status = next(iter(DESCRIBED[ANSWERS[name]].answers))
    schema = made["paths"][path][method.lower()]["responses"][str(status)]["content"]["application/json"][
        "schema"
    ]
    fits = jsonschema_rs.validator_for({**schema, "components": made["components"]})
    answer = json.loads((WIRE / f"{name}.json").read_text())
    fits.validate(answer)
    first = next(iter(answer))
    assert not fits.is_valid({name: value for name, value in answer.items() if name != first})


@pytest.mark.parametrize("route", EXAMPLES)
def test_an_example_of_a_body_fits_its_schema(route: str) -> None:
    made = document()
    method, _, path = route.partition(" ")
    body = made["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]
    fits = jsonschema_rs.validator_for({**body["schema"], "components": made["components"]})
    assert fits.is_valid(body["example"])


def test_every_body_has_an_example() -> None:
    assert set(EXAMPLES) == {route for route, described in DESCRIBED.items() if described.body is not None}


def test_who_may_ask_is_told() -> None:
    paths = document()["paths"]
    assert "security" not in paths["/health"]["get"]
    assert paths["/api/v1/keys"]["post"]["security"] == [{"bearer": []}]
    assert paths["/api/v1/search"]["get"]["security"] == [{}, {"bearer": []}]
    assert paths["/api/v1/content"]["put"]["security"] == [{"bearer": []}]


async def test_the_server_answers_it_to_anybody_and_once(serve: Serve) -> None:
    client = await serve(public_reads=False)
    async with client.get("/api/openapi.json") as response:
        assert (response.status, response.content_type) == (200, "application/json")
        told: Any = await response.json()
        tag = response.headers["ETag"]
    assert told == json.loads(json.dumps(document()))
    async with client.get("/api/openapi.json", headers={"If-None-Match": tag}) as response:
        assert response.status == 304
