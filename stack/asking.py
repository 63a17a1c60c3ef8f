"""Asking a server something through its HTTP interface, for commands."""

import json
from typing import Any

import click
import urllib3

from stack.running import NotRunning, Reach

SECONDS = 15


def ask(reach: Reach, method: str, path: str, body: object = None) -> Any:
    """Return the server's answer.

    Raises:
        NotRunning: nobody answers.
        ClickException: it refuses; with its own words.
    """
    url, token = reach.server()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    pool = urllib3.PoolManager(timeout=SECONDS, retries=False)
    sent = None if body is None else json.dumps(body).encode()
    try:
        answer = pool.request(method, f"{url}{path}", body=sent, headers=headers)
        told = json.loads(answer.data)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise NotRunning(f"no server answers at {url}: {error}; start one, or name it with --url") from error
    if answer.status >= 400:
        raise click.ClickException(str(told.get("detail", told)))
    return told
