"""Text of a card: nothing is left out without a sign, nothing is wider than its room, and all of it is XML."""

from hypothesis import given
from hypothesis import strategies as st

from streakline.people.yearly.card_text import ELLIPSIS, MISSING, Style, Typesetter
from year_facts import FACES, element

STYLE = Style(10, 400, "#fff")


def readable(text: str) -> str:
    return Typesetter(FACES).readable(text)


def test_umlauts_and_japanese_stay_as_they_are():
    assert readable("Motörhead: 夜に駆ける, Dvořák") == "Motörhead: 夜に駆ける, Dvořák"


def test_letters_that_are_sent_in_pieces_are_put_together():
    assert readable("Mo\u0308torhead") == "M\u00f6torhead"


def test_a_sign_stands_for_what_no_typeface_has_once_for_several_in_a_row():
    assert readable("a \U0001f3b5\U0001f3b5\U0001f3b5 b \u0378") == f"a {MISSING} b {MISSING}"
    assert readable("\U0001f469\u200d\U0001f3a4\ufe0f") == MISSING


def test_what_cannot_be_seen_is_left_out():
    assert readable("a\u202eb\u200b\0c\x1b") == "abc"
    assert readable("  a\n\t b\u3000c ") == "a b c"
    assert readable("a\u0301x\u0378\u0301") == f"\u00e1x{MISSING}"


def test_a_long_text_is_cut_where_its_room_ends():
    setter = Typesetter(FACES)
    assert setter.fitted("abcdefghij", STYLE, 50) == "abcdefghij"
    assert setter.fitted("abcdefghij", STYLE, 49) == f"abcdefgh{ELLIPSIS}"
    assert setter.fitted("夜に駆ける", STYLE, 49) == f"夜に駆け{ELLIPSIS}"
    assert setter.fitted("ab cdefgh", STYLE, 20) == f"ab{ELLIPSIS}"


def test_each_typeface_has_its_own_place_in_a_line_and_hebrew_words_stay_together():
    setter = Typesetter(FACES)
    line = setter.line("a 夜 b", 100, 20, STYLE)
    runs = element(line).findall("tspan")
    assert [(run.text, run.get("x"), str(run.get("font-family")).split("'")[1]) for run in runs] == [
        ("a ", "100.0", "Latin"), ("夜", "110.0", "Japanese"), (" b", "120.0", "Latin"),
    ]  # fmt: skip
    assert setter.used == {"Latin", "Japanese"}
    hebrew = element(setter.line("שלום עולם", 0, 0, STYLE))
    assert [run.text for run in hebrew] == ["שלום עולם"]
    # At its end it stands where it is anchored.
    ends = element(setter.line("a夜", 100, 0, STYLE._replace(anchor="end")))
    assert [run.get("x") for run in ends] == ["85.0", "90.0"]


@given(st.text(max_size=300), st.floats(0, 200))
def test_any_text_becomes_a_line_of_xml_that_has_room_and_is_written_by_typefaces(text: str, room: float):
    setter = Typesetter(FACES)
    fitted = setter.fitted(text, STYLE, room)
    assert setter.readable(fitted) == fitted
    assert all(any(face.has(character) for face in FACES) for character in fitted)
    assert setter.width(fitted, STYLE) <= max(room, setter.width(ELLIPSIS, STYLE)) + 1e-6
    line = element(setter.line(text, 0, 0, STYLE, room))
    assert "".join(line.itertext()) == fitted
