"""What the recorded years of one listener hold, counted from the file: the answers about him."""

STREAKS = {
    "UTC": (29, "2014-08-21", 1_932),
    "Europe/London": (33, "2009-04-29", 1_939),
    "Asia/Tokyo": (43, "2018-07-03", 2_021),
    "America/Los_Angeles": (27, "2014-10-14", 1_926),
    "Asia/Kolkata": (44, "2008-01-04", 2_011),
    "Pacific/Chatham": (38, "2014-05-11", 1_986),
    "Pacific/Pago_Pago": (38, "2014-05-10", 1_982),
}
"""Zone -> the longest streak, its first day, and the days with a play."""
THRESHOLDS = {
    10: "2007-02-05T17:47:19.000Z", 25: "2007-02-07T12:11:20.000Z", 50: "2007-02-07T16:48:57.000Z",
    100: "2007-02-08T15:41:09.000Z", 250: "2007-03-02T09:40:35.000Z", 500: "2007-04-13T10:10:01.000Z",
    1000: "2007-07-16T14:54:26.000Z",
}  # fmt: skip
"""Different tracks finished -> when."""
LISTENED = {
    "2007": (4_130, 248, 248), "2008": (6_140, 287, 97), "2009": (5_605, 481, 235), "2010": (4_609, 328, 93),
    "2011": (1, 1, 0), "2012": (1_456, 550, 383), "2013": (2_508, 851, 558), "2014": (5_511, 906, 447),
    "2015": (1_189, 462, 183), "2016": (3_660, 931, 393), "2017": (1_665, 487, 95), "2018": (4_082, 887, 396),
}  # fmt: skip
"""Year -> plays, artists, and those who were new."""
YEARS = {
    "Asia/Tokyo": {2008: 6_095, 2009: 5_647, 2010: 4_612, 2012: 1_426, 2015: 1_181, 2017: 1_674},
    "Pacific/Chatham": {2018: 4_078, 2019: 4},
}
"""Zone -> plays by its years."""
