"""Stamping of plain events: the loop of `streakline.ingest.stamping` without what only the rare fields need.

It takes a quarter less time and knows nothing better: an event that is unusual in any way is given to the whole loop.
A property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from xxhash import xxh3_64_intdigest

from streakline import counting_profiles, kinds
from streakline.ingest.events import TYPES
from streakline.ingest.plain import Plain, whole
from streakline.ingest.rules import CONTENT, MAX_SECONDS, Refused
from streakline.ingest.senders import Sender
from streakline.ingest.shapes import MAX_TEXT
from streakline.ingest.stamping import PACK, Sheaves, Stamper
from streakline.streams import records
from streakline.times import AHEAD_MS, EARLIEST_MS

_FINISHED: Final = records.COUNTED | records.FINISHED


def stamp_plain(
    stamper: Stamper, events: Sequence[Plain], sender: Sender, accepted_ms: int
) -> Sheaves | None:
    """Return events of one sender stamped for their shards.

    Returns None if the stamper's profile is not one that reads a play alone by its seconds, if an event is to be
    refused, or if a code is missing: then they have to be stamped as whole events.
    """
    if not stamper.simple:
        return None
    sheaves = Sheaves(stamper.shards)
    try:
        if sender.bot_reason:  # whether a robot counts is for the whole loop to say
            stamper.stamp_into([(0, whole(event)) for event in events], sender, accepted_ms, sheaves, None)
        else:
            _stamp_plain(stamper, events, sender, accepted_ms, sheaves)
    except Refused:
        return None
    return None if sheaves.rejected or sheaves.missing else sheaves


def _stamp_plain(  # noqa: C901, PLR0912, PLR0915 - the hottest loop of ingest: a call an event and rule would double it
    stamper: Stamper, events: Sequence[Plain], sender: Sender, accepted_ms: int, sheaves: Sheaves
) -> None:
    user_id, trusted, _, country, device, browser, system, user_agent, referrer, _, nameless = sender
    user_agent, referrer = user_agent[:MAX_TEXT], referrer[:MAX_TEXT]
    seed, shards, hots, colds = stamper.seed, stamper.shards, sheaves.hot, sheaves.cold
    lengths, shapes = stamper.lengths, stamper.shapes.of(trusted, country, device)
    profile, needed = stamper.profile.code, stamper.profile.seconds * 1000
    # Bound here, a name costs a tenth of what it costs as another module's.
    digest, pack = xxh3_64_intdigest, PACK
    play_kind, last_play_kind, content_kind = kinds.PLAY, kinds.HEARTBEAT, CONTENT
    unknown, no_offset, longest = records.UNKNOWN_COMPLETION, records.NO_OFFSET, MAX_SECONDS
    earliest, latest = EARLIEST_MS, accepted_ms + AHEAD_MS
    counted, finished, finished_pm = records.COUNTED, _FINISHED, counting_profiles.FINISHED_PM
    named, on_device = records.NAMED, records.DEVICE
    timed, ended = records.TIMED, records.TIMED | records.ENDED

    def rare(event: Plain) -> None:
        stamper.stamp_into([(0, whole(event))], sender, accepted_ms, sheaves, None)

    for event in events:
        type_, source, platform = event.type, event.source, event.platform
        shape = shapes.get((type_, event.action, event.contentType, source, platform))
        if shape is None and type_ in TYPES:
            type_ = TYPES[type_]
            shape = shapes.get((type_, event.action, event.contentType, source, platform))
        user = user_id or event.userId or ""
        anonymous, session = event.anonymousId or "", event.sessionId or ""
        listener = user or anonymous or session
        if shape is None or not listener:
            rare(event)
            continue
        (
            kind, content_code, content_type, dims, counted_source, counted_platform, counted_country,
            counted_device, sent, properties,
        ) = shape  # fmt: skip
        at, seconds, lasts = event.timestamp, event.duration, event.contentDuration
        length = lengths.get(lasts)
        if length is None:
            assert lasts is not None  # it is known
            length = stamper.length(lasts)
        if kind > last_play_kind:
            if (
                not earliest <= at <= latest
                or properties is None
                or (kind == content_kind and seconds is not None)
            ):
                rare(event)
                continue
            start, identity = at, event.id
            duration, completion, flags = 0, unknown, 0
        else:
            begun, play_id = event.startedAt, event.playId
            if kind == play_kind:
                start, flags = at if begun is None else begun, ended
                plain = start == at
            else:
                start, flags = at if begun is None else begun, timed
                plain = begun is not None and play_id is not None
            if (
                not plain
                or not earliest <= start <= at <= latest
                or properties is None
                or seconds is None
                or not 0 <= seconds <= longest
            ):
                rare(event)
                continue
            identity = play_id or event.id
            duration = round(seconds * 1000)
            if not length:
                completion = unknown
                if duration >= needed:
                    flags |= finished
            elif duration >= length:
                completion = 1000
                flags |= finished
            else:
                completion = duration * 1000 // length
                if duration >= needed:
                    flags |= finished if completion >= finished_pm else counted
        if user:
            if nameless:
                rare(event)
                continue
            flags |= named
        elif anonymous:
            flags |= on_device
        content = event.contentId
        content64 = digest(content.encode(), seed)
        shard = content64 % shards
        hots[shard].append(
            pack(
                digest(f"{content}\0{start}\0{identity}".encode(), seed),
                content64, digest(listener.encode(), seed), dims, at, start, duration, length, no_offset, kind,
                flags, profile, content_code, completion,
            )
        )  # fmt: skip
        colds[shard].append((
            content, identity, type_, content_type,
            "", event.creatorId or "", user, anonymous, session,
            counted_source, counted_platform, counted_country, counted_device, sent, browser, system,
            "", "", referrer, user_agent, "", "", "", None, properties,
        ))  # fmt: skip
