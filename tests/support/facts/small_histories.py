"""Small histories that several modules ask about."""

from __future__ import annotations

from archive_feed import DAY, HOUR, MINUTE, NOON, Case, play


def feed_titles(case: Case) -> None:
    """Count contents whose titles and ids have a word in common, and close what they are of."""
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        *(play("elan", NOON - 2 * DAY, f"e{n}", 60, title="Élan Vital") for n in range(3)),
        *(play("e2", NOON - DAY, f"f{n}", 60, title="Nouvel elan") for n in range(2)),
        play("e3", NOON - DAY, "g", 60, title="STRASSE nach Elan"),
        play("untitled-elan-9", NOON - DAY, "h", 60),
        {
            "id": "s",
            "type": "share",
            "contentId": "shared-app",
            "contentType": "app",
            "timestamp": NOON - DAY,
        },
        {
            "id": "t",
            "type": "content",
            "contentId": "new",
            "timestamp": NOON,
            "title": "100% <b>'\"; -- Elán",
        },
    )
    case.settle()
    case.feed.tick(NOON + 14 * HOUR)
    case.settle()


def feed_a_track(case: Case) -> None:
    """Count a track of forty days and a mix, and close what they are of."""
    case.feed.tick(NOON)
    case.feed.send(
        NOON + MINUTE,
        play("song", NOON - 40 * DAY, "old", 200, source="feed", sessionId="x"),
        play("song", NOON - 2 * DAY, "p1", 100, source="feed", sessionId="x", contentDuration=200),
        play("song", NOON - 2 * DAY + HOUR, "p2", 5, source="feed", sessionId="x", contentDuration=200),
        play("song", NOON - DAY, "p3", 200, replayed=True, sessionId="y", userId="ann", contentDuration=200),
        play("mix", NOON - MINUTE, "p4", 31, source="search", sessionId="z"),
        {"id": "l", "type": "like", "contentId": "song", "timestamp": NOON - DAY},
        {"id": "s", "type": "share", "contentId": "song", "timestamp": NOON - DAY, "platform": "mail"},
        {"id": "t", "type": "content", "contentId": "song", "timestamp": NOON - DAY, "title": "A Song"},
    )
    case.settle()
    case.feed.tick(NOON + 14 * HOUR)
    case.settle()
