from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.live.topic_lists import is_topic, topics_asked

IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
TOPICS = st.one_of(st.sampled_from(["overview", "top:plays", "alerts"]), IDS.map("content:".__add__))
LISTS = st.lists(TOPICS, min_size=1, max_size=5, unique=True)


@given(LISTS)
def test_topics_are_read_as_they_were_meant_whatever_is_in_an_id(topics: list[str]) -> None:
    encoded = [quote(topic, safe="") for topic in topics]
    assert topics_asked("topics=" + ",".join(encoded)) == topics
    assert topics_asked("&".join(f"topics={topic}" for topic in encoded)) == topics
    assert topics_asked(urlencode([("topics", topic) for topic in topics])) == topics


@given(LISTS, st.lists(st.sampled_from(["x=1", "topic=a", "", "topics", "&"]), max_size=3))
def test_other_parameters_change_nothing(topics: list[str], others: list[str]) -> None:
    own = "topics=" + ",".join(quote(topic, safe="") for topic in topics)
    assert topics_asked("&".join([*others, own, *others])) == topics


@pytest.mark.parametrize(
    ("query", "topics"),
    [
        ("", None),
        ("a=overview", None),
        ("topics=", []),
        ("topics", []),
        ("topics=,", []),
        ("topics=overview,top:plays", ["overview", "top:plays"]),
        # A library that encodes a whole list.
        ("topics=overview%2Ctop%3Aplays", ["overview", "top:plays"]),
        ("topics=overview%2Ccontent%3Aa", ["overview", "content:a"]),
        ("topics=content%3Aa%2Cb,overview", ["content:a,b", "overview"]),
        ("topics=overview&topics=overview,top%3Aplays", ["overview", "top:plays"]),
        ("%74opics=overview", ["overview"]),
        ("topics=content:a+b%2Bc", ["content:a b+c"]),
        ("topics=content:a&b", ["content:a"]),
        ("topics=content:a%26b=c", ["content:a&b=c"]),
        ("topics=content:%ff", ["content:�"]),
        ("topics=content:\udcff", ["content:�"]),
        ("topics=content:a,b", ["content:a", "b"]),
    ],
)
def test_the_spellings_of_a_list(query: str, topics: list[str] | None) -> None:
    assert topics_asked(query) == topics


def test_what_begins_like_a_topic_is_one() -> None:
    assert is_topic("content:")
    assert not is_topic("overveiw")
