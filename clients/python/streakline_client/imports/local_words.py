"""Words of dates in the languages of Google's exports: months, halves of the day, zones."""

# ruff: noqa: RUF001 - letters of other scripts that look like Latin ones are what this file is for

from __future__ import annotations

from typing import Final

_MONTHS: Final = {
    # Each month: all spellings, long and short, without their full stops.
    1: "january jan januar januari janvier janv enero ene janeiro gennaio gen ocak oca stycznia styczeń sty"
    " января янв січня січ januára leden ledna led ianuarie ian ιανουαρίου ιαν tammikuuta tammi január jän jänner",
    2: "february feb februar februari février févr fév febrero fevereiro fev febbraio febr şubat şub lutego luty lut"
    " февраля февр фев лютого лют února úno februarie φεβρουαρίου φεβ helmikuuta helmi február",
    3: "march mar märz mär maart mrt mars marzo março marca marzec mart marta марта мар март березня бер března bře"
    " martie μαρτίου μαρ maaliskuuta maalis március márc maret",
    4: "april apr avril avr abril abr aprile nisan nis kwietnia kwiecień kwi апреля апр квітня кві dubna dub aprilie"
    " απριλίου απρ huhtikuuta huhti április ápr",
    5: "may mai mei maj mayo maio mag maggio mayıs maja мая май травня тра května kvě μαΐου μαΐ μαϊ toukokuuta touko"
    " május máj",
    6: "june jun juni juin junio junho giugno giu haziran haz czerwca czerwiec cze июня июн червня чер června čvn iunie"
    " iun ιουνίου ιουν kesäkuuta kesä június jún",
    7: "july jul juli juillet juil julio julho luglio lug temmuz tem lipca lipiec lip июля июл липня лип července čvc"
    " iulie iul ιουλίου ιουλ heinäkuuta heinä július júl",
    8: "august aug augustus août agosto ago ağustos ağu sierpnia sierpień sie августа авг серпня сер srpna srp"
    " αυγούστου αυγ elokuuta elo augusztus agustus agu augusti",
    9: "september sept sep septembre septiembre setembro set settembre eylül eyl września wrzesień wrz сентября сент"
    " сен вересня вер září zář septembrie σεπτεμβρίου σεπ syyskuuta syys szeptember szept",
    10: "october oct oktober okt octobre octubre outubro out ottobre ott ekim eki października październik paź октября"
    " окт жовтня жов října říj octombrie οκτωβρίου οκτ lokakuuta loka október",
    11: "november nov novembre noviembre novembro kasım kas listopada listopad lis ноября нояб ноя листопада noiembrie"
    " noi νοεμβρίου νοε marraskuuta marras",
    12: "december dec dezember dez décembre déc diciembre dic dezembro dicembre aralık ara grudnia grudzień gru декабря"
    " дек грудня гру prosince pro decembrie δεκεμβρίου δεκ joulukuuta joulu desember des",
}
MONTHS: Final = {word.casefold(): number for number, words in _MONTHS.items() for word in words.split()}
"""A word of a date, in small letters -> its month."""
AFTERNOON: Final = ("pm", "오후", "午後", "下午", "中午", "晚上", "ös", "μμ", "пп")
"""What says that the hours of a clock of twelve are past noon, without stops and spaces ..."""
MORNING: Final = ("am", "오전", "午前", "上午", "凌晨", "早上", "öö", "πμ", "дп")
"""... and before it."""

OFFSETS: Final[dict[str, tuple[int, ...]]] = {
    "Z": (0,), "UTC": (0,), "GMT": (0,),
    # Europe and Africa
    "WET": (0,), "WEZ": (0,), "WEST": (60,), "WESZ": (60,), "CET": (60,), "MEZ": (60,), "CEST": (120,), "MESZ": (120,),
    "EET": (120,), "OEZ": (120,), "EEST": (180,), "OESZ": (180,), "MSK": (180,), "TRT": (180,), "SAST": (120,),
    "EAT": (180,), "WAT": (60,),
    # Asia and Oceania
    "PKT": (300,), "NPT": (345,), "WIB": (420,), "WITA": (480,), "HKT": (480,), "SGT": (480,), "MYT": (480,),
    "AWST": (480,), "KST": (540,), "JST": (540,), "ACST": (570,), "ACDT": (630,), "AEST": (600,), "AEDT": (660,),
    "NZST": (720,), "NZDT": (780,),
    # America
    "BRT": (-180,), "ART": (-180,), "NDT": (-150,), "NST": (-210,), "EDT": (-240,), "MDT": (-360,), "PDT": (-420,),
    "AKST": (-540,), "AKDT": (-480,), "HST": (-600,),
    # Several zones: New York or Sydney, Chicago or Shanghai or Havana, Halifax or Riyadh, ...
    "EST": (-300, 600), "CST": (-360, 480, -300), "CDT": (-300, -240), "AST": (-240, 180), "ADT": (-180, 240),
    "MST": (-420, 480, 390), "PST": (-480, 480), "IST": (330, 120, 60), "BST": (60, 360, 660), "CAT": (120,),
    "SST": (-660, 480), "GST": (240, -120), "AMT": (-240, 240), "ECT": (-300, -240), "WST": (780, 480),
}  # fmt: skip
"""A zone's abbreviation -> its minutes east of Greenwich; several where it means several."""
