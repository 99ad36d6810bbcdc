"""Numbers of a spreadsheet as their cells show them: 0.9782 under ``0.00%`` is 97.82%.

No well-kept library does this (those on the index are one release old, or unmaintained since 2020 with seven dependencies). Covered is what
real workbooks use: sections and conditions, digits with literals between them (``0\\.0,"万"``), thousands, scaling, percent, exponents, dates and times in
Chinese fashion, elapsed time, [DBNum1] and [DBNum2]. Fractions (``# ?/?``) are shown as decimals. Built-in formats are those of a Chinese Excel.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from zhibiao.readers.ooxml.numberdates import date_shown
from zhibiao.readers.ooxml.numbertokens import Section, Token, literal, sections, spoken
from zhibiao.schema import plain

_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_UP)
_ELEVEN = Context(prec=11, rounding=ROUND_HALF_UP)
#: Longer formats than Excel allows, and digits beyond what it shows, are not drawn.
_LONGEST, _MOST_DECIMALS = 255, 30
_PLACES = tuple(Decimal(1).scaleb(-decimals) for decimals in range(_MOST_DECIMALS + 1))


def exact(text: str) -> Decimal:
    """The number that a file writes, to the 15 digits that spreadsheets reckon with. Raises ValueError.

    >>> exact("0.97819999999999996"), exact("0.30000000000000004"), exact("1.5E3")
    (Decimal('0.9782'), Decimal('0.3'), Decimal('1500'))
    """
    number = float(text)
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return Decimal(plain(_FIFTEEN.create_decimal(repr(number))))


def shown(value: Decimal, code: str = "General", *, date1904: bool = False) -> str:
    """What a cell with the number format ``code`` shows of ``value``, without outer blanks.

    >>> [shown(Decimal("1234.5"), code) for code in ("#,##0.00", '0.0"万元"', "0%", "0.00_);[Red](0.00)", '0\\\\.0,"万"', "General")]
    ['1,234.50', '1234.5万元', '123450%', '1234.50', '0.1万', '1234.5']
    >>> shown(Decimal("-0.5"), "0.00_);[Red](0.00)"), shown(Decimal(44561), 'yyyy"年"m"月"d"日"'), shown(Decimal(0), '0.0;-0.0;"—"')
    ('(0.50)', '2021年12月31日', '—')
    """
    numeric = _numeric(code[:_LONGEST])
    if not numeric:
        return general(value)
    index, unsigned = _choose(numeric, value)
    section, plan = numeric[index]
    if section.kind == "date":
        words = date_shown(section, value, date1904)
        return (general(value) if words is None else words).strip()
    minus = "" if unsigned or value >= 0 else "-"
    if plan is not None:
        return (minus + plan.write(abs(value))).strip()
    number = spoken(general(abs(value)), section.spoken)
    if section.kind == "fraction":
        return minus + number
    # A section without a place for digits shows its own signs only: "-" for nought, or nothing at all.
    words = "".join(number if name == "general" else literal(name, sign) for name, sign in section.tokens)
    return ((minus if section.kind == "general" else "") + words).strip()


def text_shown(words: str, code: str = "General") -> str:
    """What a cell shows of its text: usually the text itself."""
    if "@" not in code or code == "@":
        return words
    section = next((s for s in sections(code[:_LONGEST]) if s.kind == "text"), None)
    if section is None:
        return words
    return "".join(words if (name, sign) == ("other", "@") else literal(name, sign) for name, sign in section.tokens)


def general(value: Decimal) -> str:
    """A number without a format: whole numbers in full, others with up to eleven digits.

    >>> general(Decimal("0.3")), general(Decimal("63023412.34567")), general(Decimal(123456789012)), general(Decimal("1E-12"))
    ('0.3', '63023412.346', '123456789012', '1E-12')
    """
    if value and not -9 <= value.adjusted() <= 20:
        return str(_ELEVEN.create_decimal(value).normalize(_ELEVEN))
    return plain(value if value == value.to_integral_value() else _ELEVEN.create_decimal(value))


@lru_cache(maxsize=512)
def _numeric(code: str) -> tuple[tuple[Section, _Plan | None], ...]:
    """The sections for numbers, with what is known of their digits."""
    return tuple((section, _Plan.of(section) if section.kind == "number" else None) for section in sections(code) if section.kind != "text")


def _choose(numeric: tuple[tuple[Section, object], ...], value: Decimal) -> tuple[int, bool]:
    """The section for a value, and whether its own signs say that it is negative."""
    if any(section.condition for section, _ in numeric):
        # Sections without a condition take what the others leave; the second of three is for negative numbers then.
        for index, (section, _) in enumerate(numeric):
            negative = section.condition is None and index == 1 and len(numeric) > 2
            if section.holds(value) if section.condition else (not negative or value < 0):
                below = negative or (section.condition is not None and section.condition[0] in ("<", "<=") and section.condition[1] <= 0)
                return index, below
        return len(numeric) - 1, False
    if value < 0 and len(numeric) > 1:
        return 1, True
    return 2 if value == 0 and len(numeric) > 2 else 0, False


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the digits of a section stand. ``whole`` and ``part``: places before and behind the point; ``power``: place of the exponent, beyond the
    end where there is none; ``shift``: powers of ten from percent signs and scaling commas; ``around``: signs before and behind the digits, where
    these stand together and in the usual way."""

    tokens: tuple[Token, ...]
    whole: tuple[int, ...]
    part: tuple[int, ...]
    power: int
    shift: int
    grouped: bool
    spoken: int
    around: tuple[str, str] | None

    @classmethod
    def of(cls, section: Section) -> _Plan | None:
        """None where there is no place for digits."""
        tokens = section.tokens
        power = next((i for i, (name, _) in enumerate(tokens) if name == "power"), len(tokens))
        digits = [i for i, (name, _) in enumerate(tokens[:power]) if name == "digit"]
        if not digits:
            return None
        point = next((i for i, token in enumerate(tokens[:power]) if token == ("other", ".") and i >= digits[0] - 1), power)
        whole, part = [i for i in digits if i < point], [i for i in digits if i > point]
        commas = [i for i, token in enumerate(tokens[:power]) if token == ("other", ",")]
        scaling = 0
        while whole and tokens[digits[-1] + 1 + scaling : digits[-1] + 2 + scaling] == (("other", ","),):
            scaling += 1
        if point < power and whole:  # the commas may stand before the point too
            scaling += sum(1 for i in commas if whole[-1] < i < point)
        percent = sum(1 for token in tokens if token == ("other", "%"))
        grouped = any(whole and whole[0] < i < whole[-1] for i in commas)
        around = None
        first, last = digits[0], digits[-1]
        signs = "".join(sign for _, sign in tokens[first : last + 1])
        if power == len(tokens) and whole and not section.spoken and signs.replace("#", "").replace(",", "").strip("0") in ("", "."):
            places = signs.partition(".")[0].replace(",", "").lstrip("#")
            if places == "0" and "#" not in signs.partition(".")[2]:
                around = (
                    "".join(literal(*token) for token in tokens[:first]),
                    "".join(literal(*token) for token in tokens[last + 1 :] if token != ("other", ",")),
                )
        return cls(tokens, tuple(whole), tuple(part), power, 2 * percent - 3 * scaling, grouped, section.spoken, around)

    def write(self, value: Decimal) -> str:
        """The section with the digits of ``value`` (not negative) in their places."""
        value = value.scaleb(self.shift, _EXACT)
        decimals = min(len(self.part), _MOST_DECIMALS)
        if self.around is not None:
            number = format(_rounded(value, decimals), ",f" if self.grouped else "f")
            return self.around[0] + number + self.around[1]
        exponent = 0
        if self.power < len(self.tokens) and value:
            step = max(1, len(self.whole))
            exponent = value.adjusted() // step * step
            if len(str(_rounded(value.scaleb(-exponent, _EXACT), decimals)).partition(".")[0]) > step:
                exponent += step  # 9.999 became 10.00
            value = value.scaleb(-exponent, _EXACT)
        before, _, after = format(_rounded(value, decimals), "f").partition(".")
        at = _whole_digits(self.tokens, self.whole, before, self.grouped) | _part_digits(self.tokens, self.part, after)
        if self.spoken and self.whole and not self.part:
            at = dict.fromkeys(self.whole, "") | {self.whole[0]: spoken(before, self.spoken)}
        if self.power < len(self.tokens):
            digits = sum(1 for name, _ in self.tokens[self.power + 1 :] if name == "digit")
            mark = "-" if exponent < 0 else "+" if self.tokens[self.power][1].endswith("+") else ""
            at[self.power] = f"E{mark}{abs(exponent):0{max(1, digits)}d}"
        out = []
        for i, (name, sign) in enumerate(self.tokens):
            if i in at:
                out.append(at[i])
            elif (name, sign) != ("other", ",") and not (i > self.power and name == "digit"):
                out.append(literal(name, sign))
        return "".join(out)


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(_PLACES[decimals], ROUND_HALF_UP, _EXACT)


def _whole_digits(tokens: tuple[Token, ...], places: tuple[int, ...], digits: str, grouped: bool) -> dict[int, str]:
    """What stands at each place before the point; the first place takes all digits that are left."""
    digits = digits.lstrip("0")
    out: dict[int, str] = {}
    done = 0

    def put(digit: str) -> str:
        nonlocal done
        done += 1
        return digit + ("," if grouped and done > 1 and done % 3 == 1 else "")

    for i in reversed(places):
        if digits:
            out[i], digits = put(digits[-1]), digits[:-1]
        else:
            out[i] = put("0") if tokens[i][1] == "0" else " " if tokens[i][1] == "?" else ""
    while digits and places:
        out[places[0]], digits = put(digits[-1]) + out[places[0]], digits[:-1]
    return out


def _part_digits(tokens: tuple[Token, ...], places: tuple[int, ...], digits: str) -> dict[int, str]:
    out: dict[int, str] = {}
    idle = True
    for place, i in reversed(list(enumerate(places))):
        digit = digits[place] if place < len(digits) else "0"
        idle = idle and digit == "0" and tokens[i][1] != "0"
        out[i] = "" if idle else digit
    return out
