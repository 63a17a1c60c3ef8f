"""Events stamped by a stamper of the test's own."""

import json
from typing import Any

from proofs.running.stamping import Stamped, stamp
from streakline.ingest.events import Event, decode_batch
from streakline.ingest.stamping import Sender, Stamper
from streakline.streams.dictionary import FIRST, Dictionary
from streakline.streams.records import records_of

NOW = 1_763_700_000_000
SEED = 7
PUBLIC = Sender(country="DE", device="mobile", browser="Firefox", os="Linux", user_agent="UA", referrer="R")
TRUSTED = Sender(trusted=True)
ADMIN = Sender(trusted=True, admin=True, country="DE")


def learnt(**values: list[str]) -> Dictionary:
    dictionary = Dictionary()
    for dimension, names in values.items():
        dictionary.learn(dimension, {name: FIRST + n for n, name in enumerate(names)})
    return dictionary


def stamper(dictionary: Dictionary | None = None, **more: Any) -> Stamper:
    return Stamper(SEED, 4, dictionary or learnt(country=["DE", "FR"], device=["mobile"]), **more)


def event(**fields: object) -> Event:
    sent = {"id": "e1", "type": "play", "contentId": "c1", "userId": "u1", "timestamp": NOW, **fields}
    sent = {name: value for name, value in sent.items() if value is not None}
    [(_, decoded)] = decode_batch(json.dumps([sent]).encode()).events
    return decoded


def stamped(sender: Sender = PUBLIC, *, by: Stamper | None = None, **fields: object) -> Stamped:
    return stamp(by or stamper(), event(**fields), sender, NOW)


def record(sender: Sender = PUBLIC, **fields: Any) -> Any:
    return records_of([stamped(sender, **fields).record])[0]
