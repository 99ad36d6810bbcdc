"""Dates and times of a spreadsheet, which it keeps as days since 1900 or 1904, as their cells show them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from zhibiao.readers.ooxml.numbering import capitals
from zhibiao.readers.ooxml.numbertokens import Section, literal, spoken

_MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def date_shown(section: Section, serial: Decimal, date1904: bool) -> str | None:
    """A date or time, None where the number is none."""
    tokens = section.tokens
    fraction = max((len(sign) - sign.index(".") - 1 for name, sign in tokens if name == "date" and "." in sign), default=0)
    unit = 10 ** min(fraction, 6)
    ticks = int((serial * 86400 * unit).to_integral_value(ROUND_HALF_UP))
    if not 0 <= serial < 2958466:
        return None
    days, rest = divmod(ticks, 86400 * unit)
    seconds, part = divmod(rest, unit)
    # The calendar of 1900 counts a 29th of February that never was.
    origin = datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 31) if days < 60 else datetime(1899, 12, 30)
    try:
        moment = origin + timedelta(days=days, seconds=seconds)
    except OverflowError:
        return None
    noon = any(name == "noon" for name, _ in tokens)
    timed = [i for i, (name, _) in enumerate(tokens) if name in ("date", "elapsed")]
    out = []
    for i, (name, sign) in enumerate(tokens):
        if name == "elapsed":
            total = ticks // unit // {"h": 3600, "m": 60, "s": 1}[sign[0]]
            out.append(f"{total:0{len(sign)}d}")
        elif name == "noon":
            am, _, pm = sign.partition("/")
            out.append(am if moment.hour < 12 else pm)
        elif name == "date":
            at = timed.index(i)
            before = tokens[timed[at - 1]][1][0].lower() if at else ""
            after = tokens[timed[at + 1]][1][0].lower() if at + 1 < len(timed) else ""
            minutes = sign[0] in "mM" and len(sign) <= 2 and (before == "h" or after == "s")
            out.append(_date_part(sign.lower(), moment, minutes, noon, section.spoken) + (f".{part:0{fraction}d}" if "." in sign else ""))
        else:
            out.append(literal(name, sign))
    return "".join(out)


def _date_part(sign: str, moment: datetime, minutes: bool, noon: bool, style: int) -> str:
    letter, length = sign[0], len(sign.partition(".")[0])
    if letter in "ye":
        year = str(moment.year) if letter == "e" or length > 2 else f"{moment.year % 100:02d}"
        words = "".join("〇一二三四五六七八九"[int(digit)] for digit in year)
        return capitals(words) if style == 2 else words if style else year
    if letter == "a":
        return ("星期" if length == 4 else "") + "一二三四五六日"[moment.weekday()]
    if letter == "d" and length > 2:
        return _DAYS[moment.weekday()][: 3 if length == 3 else None]
    if letter == "m" and not minutes and length > 2:
        return _MONTHS[moment.month - 1][: {3: 3, 5: 1}.get(length)]
    number = {"m": moment.minute if minutes else moment.month, "d": moment.day, "s": moment.second, "h": moment.hour}[letter]
    if letter == "h" and noon:
        number = number % 12 or 12
    return spoken(str(number), style) if style else f"{number:0{min(length, 2)}d}"
