"""Rules for robots: what they match, and how what several keepers know of them is put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.ingest.robots import KnownRules, RobotRule, RuleState, control_of, is_uncalled, rules_of

RULES = [RobotRule("seo"), RobotRule(agent="Google"), RobotRule("seo", source="feed")]
knowledge = st.lists(
    st.builds(RuleState, st.sampled_from(RULES), st.booleans(), st.integers(1, 3)), max_size=6
).map(lambda states: KnownRules({state.rule.id: state for state in states}))


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        (RobotRule("seo"), True),
        (RobotRule("se"), False),
        (RobotRule(agent="oogle"), True),
        (RobotRule(agent="google"), False),
        (RobotRule(source="feed"), True),
        (RobotRule(source="fee"), False),
        (RobotRule("seo", "Google", "feed"), True),
        (RobotRule("seo", "Google", "search"), False),
        (RobotRule(agent="G.*"), False),
    ],
)
def test_reason_and_source_are_compared_as_a_whole_the_agent_by_a_part(
    rule: RobotRule, matches: bool
) -> None:
    assert is_uncalled((rule,), "seo", "Google/1", "feed") is matches


def test_one_rule_that_matches_is_enough_and_none_matches_nothing() -> None:
    assert is_uncalled((RobotRule("ai"), RobotRule("seo")), "seo", "", "")
    assert not is_uncalled((), "seo", "", "")


@given(knowledge, knowledge, knowledge)
def test_what_keepers_know_is_put_together_in_any_order_by_the_newest_change(
    one: KnownRules, two: KnownRules, three: KnownRules
) -> None:
    whole = one.joined(two).joined(three)
    assert whole == three.joined(one.joined(two)) == two.joined(three).joined(one).joined(two)
    for id_ in one.states | two.states | three.states:
        states = [known.states[id_] for known in (one, two, three) if id_ in known.states]
        assert whole.states[id_] == max(states, key=lambda state: (state.changed, state.uncalled))
    assert not one.missing_in(whole)
    assert {rule.id for rule in whole.in_force} == {id_ for id_, s in whole.states.items() if s.uncalled}


def test_a_control_entry_holds_rules_as_they_are() -> None:
    facts = control_of(RULES, RULES[:1])
    assert (rules_of(facts["rules"]), rules_of(facts["changed"])) == (tuple(RULES), tuple(RULES[:1]))


@pytest.mark.parametrize("text", [None, 7, "", "{}", "[7]", "[" * 100_000])
def test_what_holds_no_rules_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="no list of rules"):
        rules_of(text)
