"""English number words -> their values: five, twenty-five, two hundred and fifty thousand."""

import re
from fractions import Fraction

_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
CARDINALS = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, 2)
}
SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "dozen": 12,
}
SHORT_SCALES = {
    "k": 1000,
    "m": 10**6,
    "mn": 10**6,
    "mln": 10**6,
    "mio": 10**6,
    "bn": 10**9,
    "bln": 10**9,
    "tn": 10**12,
    "trn": 10**12,
}
ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "thirteenth": 13,
    "fourteenth": 14,
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "sixtieth": 60,
    "seventieth": 70,
    "eightieth": 80,
    "ninetieth": 90,
    "hundredth": 100,
    "thousandth": 1000,
    "millionth": 10**6,
}
PARTS = {"half": 2, "halves": 2, "quarter": 4, "quarters": 4} | {
    form: value
    for word, value in ORDINALS.items()
    if 3 <= value <= 20 or value in (100, 1000)
    for form in (word, word + "s")
}

_SMALL = "|".join(sorted(CARDINALS, key=len, reverse=True))
_SCALE = "|".join(SCALES)
NUMERAL = (
    rf"(?:(?:an?|half\s+an?)\s+(?:{_SCALE})|(?:{_SMALL}))\b"
    rf"(?:[\s-]+(?:and\s+)?(?:{_SMALL}|{_SCALE})\b)*"
)
ORDINAL = (
    rf"(?:(?:{'|'.join(_TENS)})[\s-]+)?(?:{'|'.join(sorted(ORDINALS, key=len, reverse=True))})\b"
)
_WORD = re.compile(r"[a-z]+")


def read_words(words: str) -> tuple[Fraction, ...]:
    """The value of English number *words*; none if they make no number, as "one two" does."""
    total = section = Fraction(0)
    last = 0
    seen = False
    for word in _WORD.findall(words.lower()):
        if word in CARDINALS:
            value = CARDINALS[word]
            if seen and last and (last < 20 or value >= 10) and last != 100 and last < 1000:
                return ()
            section += value
            last = value
            seen = True
        elif word == "half":
            section, last, seen = Fraction(1, 2), 0, True
        elif word in SCALES:
            scale = SCALES[word]
            section = section or Fraction(1)
            if scale <= 100:
                section *= scale
            else:
                total += section * scale
                section = Fraction(0)
            last, seen = scale, True
    return (total + section,) if seen else ()


def read_ordinal(words: str) -> int:
    """The place that an English ordinal names."""
    return sum(
        ORDINALS[word] if word in ORDINALS else CARDINALS[word]
        for word in _WORD.findall(words.lower())
    )
