"""Questions about a creator: his contents alone, told apart and ordered as a dashboard shows them."""

from streakline.creators.questions import question
from streakline.history.plan import DAYS, plan
from streakline.history.ranges import named
from streakline.times import DAY_MS

OF = named("30d", 20_000 * DAY_MS)


def test_a_question_without_a_dimension_has_one_row_of_the_creators_contents() -> None:
    asked = question("band", ["plays", "likes"], OF)
    made = plan(asked, asked.of, [], first_open=0)
    assert ([one.name for one in asked.metrics], asked.limit) == (["plays", "likes"], 1)
    assert (made.grain, made.creators, made.filters) == (DAYS, ("band",), ())


def test_rows_of_contents_are_ordered_by_the_first_metric_then_by_id() -> None:
    assert question("band", ["plays"], OF, by="content", limit=5).orders == (
        ("plays", True),
        ("content", False),
    )


def test_rows_of_days_are_ordered_by_time() -> None:
    assert question("band", ["plays"], OF, by="day", limit=400).orders == (("day", False),)


def test_contents_that_are_named_have_to_be_the_creators_too() -> None:
    asked = question("band", ["plays"], OF, by="content", contents=["song"], limit=5)
    made = plan(asked, asked.of, [], first_open=0)
    assert made.contents == ("song",)
    assert [(one.dimension, one.values) for one in made.filters] == [
        ("content", ("song",)),
        ("creator", ("band",)),
    ]
