"""What is known of webhooks: keepers are put together in any order, and what was removed stays so."""

from hypothesis import given
from hypothesis import strategies as st

from streakline.webhooks.known import KnownWebhooks, Webhook

IDS = st.sampled_from("abcd")
MOMENTS = st.dictionaries(IDS, st.integers(0, 9))
KNOWN = st.builds(
    lambda ids, removed, disabled: KnownWebhooks(
        {id_: Webhook(id_, f"https://{id_}.example", "whsec_") for id_ in ids if id_ not in removed},
        removed,
        {id_: at for id_, at in disabled.items() if id_ not in removed},
    ),
    st.sets(IDS), MOMENTS, MOMENTS,
)  # fmt: skip


@given(one=KNOWN, other=KNOWN, third=KNOWN)
def test_keepers_are_put_together_in_any_order_and_as_often_as_one_likes(
    one: KnownWebhooks, other: KnownWebhooks, third: KnownWebhooks
) -> None:
    assert one.joined(other) == other.joined(one)
    assert one.joined(other).joined(third) == one.joined(other.joined(third))
    assert one.joined(one) == one


@given(one=KNOWN, other=KNOWN)
def test_what_is_missing_makes_a_keeper_know_what_both_know(one: KnownWebhooks, other: KnownWebhooks) -> None:
    missing = one.missing_in(other)
    both = other.joined(missing)
    assert both.hooks.keys() == one.joined(other).hooks.keys()
    assert both.removed.keys() == one.joined(other).removed.keys()
    assert not one.missing_in(one.joined(other))


@given(one=KNOWN, other=KNOWN)
def test_of_what_was_removed_by_any_keeper_nothing_is_left_but_that(
    one: KnownWebhooks, other: KnownWebhooks
) -> None:
    both = one.joined(other)
    assert not both.removed.keys() & (both.hooks.keys() | both.disabled.keys())
    assert both.active.keys() == both.hooks.keys() - both.disabled.keys()
