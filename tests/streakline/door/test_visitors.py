"""Whom a request comes from, told from what trusted proxies wrote and nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streakline.door.visitors import Proxies, address_of, allowance_of

PROXY, OUTER, VISITOR = "10.0.0.1", "10.0.0.2", "203.0.113.7"
PROXIES = Proxies(("10.0.0.0/30", "fd00::/8"))
XFF = "X-Forwarded-For"

addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
words = st.one_of(addresses, st.text(alphabet='0123456789.:abcf, "[];=unkow', max_size=30))


@pytest.mark.parametrize(
    ("told", "visitor"),
    [
        (VISITOR, VISITOR),
        (f"{VISITOR}, {OUTER}", VISITOR),
        (f"198.51.100.9, {VISITOR}", VISITOR),
        (f"198.51.100.9,{VISITOR},{OUTER}", VISITOR),
        (f"{VISITOR}:4711", VISITOR),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        (f"::ffff:{VISITOR}", VISITOR),
        (f"{OUTER}, {PROXY}", OUTER),
        (f"{VISITOR}, unknown, {OUTER}", OUTER),
        ("unknown", PROXY),
        (" ", PROXY),
        ("", PROXY),
    ],
)
def test_the_last_address_that_is_no_proxys_is_the_visitors(told: str, visitor: str) -> None:
    assert PROXIES.visitor(PROXY, told, XFF) == visitor


@pytest.mark.parametrize(
    ("told", "visitor"),
    [
        (f"for={VISITOR}", VISITOR),
        (f"For={VISITOR};proto=https;by={PROXY}", VISITOR),
        (f'proto=https; for="{VISITOR}:4711"', VISITOR),
        (f'for=198.51.100.9, for="[2001:db8:cafe::17]:4711", for={OUTER}', "2001:db8:cafe::17"),
        ("for=_hidden", PROXY),
        ("proto=https", PROXY),
    ],
)
def test_forwarded_is_read_by_its_own_rules(told: str, visitor: str) -> None:
    assert PROXIES.visitor(PROXY, told, "forwarded") == visitor


@given(told=words, peer=addresses)
def test_nobody_but_a_trusted_proxy_is_believed(told: str, peer: str) -> None:
    assert Proxies(()).visitor(peer, told, XFF) == peer
    if not PROXIES.trusts(peer):
        assert PROXIES.visitor(peer, told, XFF) == peer


@given(forged=words, visitor=addresses.filter(lambda one: not PROXIES.trusts(one)))
def test_what_a_visitor_wrote_before_the_proxies_changes_nothing(forged: str, visitor: str) -> None:
    alone = PROXIES.visitor(PROXY, f"{visitor}, {OUTER}", XFF)
    assert alone == str(address_of(visitor))
    assert PROXIES.visitor(PROXY, f"{forged}, {visitor}, {OUTER}", XFF) == alone


@given(peer=words)
def test_a_peer_of_any_kind_is_trusted_only_inside_the_networks(peer: str) -> None:
    address = address_of(peer)
    inside = address is not None and str(address) in {f"10.0.0.{n}" for n in range(4)}
    if address is None or address.version == 4:
        assert PROXIES.trusts(peer) is inside


def test_a_dual_stack_sockets_peer_is_the_ipv4_address_it_stands_for() -> None:
    assert PROXIES.trusts(f"::ffff:{PROXY}")
    assert allowance_of(f"::ffff:{VISITOR}") == VISITOR


@pytest.mark.parametrize("network", ["10.0.0.1/8", "proxy", "10.0.0.0/33", "300.1.1.1"])
def test_what_is_no_network_is_named(network: str) -> None:
    with pytest.raises(ValueError, match=network.partition("/")[0]):
        Proxies((network,))


def test_an_ipv6_visitor_is_charged_for_its_whole_network() -> None:
    assert allowance_of("2001:db8:1:2:3:4:5:6") == allowance_of("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert allowance_of("2001:db8:1:3::9") != allowance_of("2001:db8:1:2::9")
    assert allowance_of(VISITOR) == VISITOR
    assert allowance_of("") == ""
