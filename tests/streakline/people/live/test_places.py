"""The place of a person's live row: one for each, over all slots."""

from streakline.people.live.places import SLOTS, place_of


def test_every_person_has_a_place_of_its_part():
    places = [place_of(person, 4) for person in range(4 * SLOTS * 2)]
    assert {(place.part, place.slot) for place in places} == {(p, s) for p in range(4) for s in range(SLOTS)}
    assert len({place.field for place in places}) == len(places)
