"""Telephone numbers in one spelling, E.164: +86, 0086, 86 and the bare number are one person.

A number without a country code is read as a Chinese one; ``+86``, ``0086`` and ``86`` in front of
it change nothing. Which numbers exist, and which of them are mobiles, is what the numbering plan in
the ``phonenumbers`` package says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

Phone = NewType("Phone", str)
"""A whole number in E.164: "+", country code, national number; at most 16 characters."""

HOME = "CN"
_LONGEST = 40  # characters; nobody spells a number at greater length
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_HOME_MOBILE_DIGITS = 11
_HOME_PREFIX = re.compile(r"^(?:00)?86(?=1)")
_UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_DASHES = dict.fromkeys(map(ord, "－–—―‐‑‒─−﹣·"), "-")
_WRITTEN = re.compile(r"\+?[(（]?\d[\d\s\-()（）.]*\d|\d")


class Fault(StrEnum):
    """Why a number is none that a code can be sent to."""

    NONE = "none"  # there is no number in the text
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    UNKNOWN = "unknown"  # the right length, but no such number is given out
    LANDLINE = "landline"
    SERVICE = "service"  # hotlines, short codes, premium numbers
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as read: the mobile it is, or what is the matter. ``digits``: how many there are."""

    phone: Phone | None = None
    fault: Fault | None = None
    digits: int = 0


def normal(text: str) -> Phone | None:
    """The one spelling of a number that exists, of whatever kind and country; else None.

    For addresses given by a platform: what is no number of the plan (a short code, a sender's
    name) is left to stand for itself.
    """
    number = _parse(text)
    if number is None or not phonenumbers.is_valid_number(number):
        return None
    return _e164(number)


def mobile(text: str, countries: Collection[str] = (HOME,)) -> Reading:
    """The first number in a person's words, if it is a mobile of one of the countries.

    ``countries`` are ISO 3166 codes. Full-width digits, spaces and dashes are understood.
    """
    folded = _folded(text)
    found = max(_WRITTEN.findall(folded), key=_count, default="")
    digits = _count(found)
    if digits == 0:
        return Reading(fault=Fault.NONE)
    number = _parse(found)
    if number is None or not phonenumbers.is_valid_number(number):
        return Reading(fault=_fault(number, found), digits=digits)
    country = phonenumbers.region_code_for_number(number)
    if country not in countries:
        return Reading(fault=Fault.FOREIGN, digits=digits)
    kind = phonenumbers.number_type(number)
    if kind in _MOBILE:
        return Reading(_e164(number), digits=digits)
    landline = kind == PhoneNumberType.FIXED_LINE
    return Reading(fault=Fault.LANDLINE if landline else Fault.SERVICE, digits=digits)


def _fault(number: PhoneNumber | None, found: str) -> Fault:
    """What is the matter with a number that does not exist."""
    if number is not None and phonenumbers.is_valid_short_number(number):
        return Fault.SERVICE
    home = phonenumbers.country_code_for_region(HOME)
    if number is not None and number.country_code != home and found.startswith(("+", "00")):
        return Fault.FOREIGN
    bare = _HOME_PREFIX.sub("", "".join(char for char in found if char.isdigit()))
    if bare[0] == "1":  # whoever writes 1… means a mobile of eleven digits
        if len(bare) == _HOME_MOBILE_DIGITS:
            return Fault.UNKNOWN
        return Fault.TOO_SHORT if len(bare) < _HOME_MOBILE_DIGITS else Fault.TOO_LONG
    if bare[0] in "2345678" and len(bare) in (7, 8):
        return Fault.LANDLINE  # without its area code
    if number is None or len(bare) < _HOME_MOBILE_DIGITS - 1:
        return Fault.TOO_SHORT
    long = phonenumbers.is_possible_number_with_reason(number)
    return Fault.TOO_LONG if long == phonenumbers.ValidationResult.TOO_LONG else Fault.UNKNOWN


def shown(phone: str) -> str:
    """The number as people at home write it: eleven digits; a foreign one as it is."""
    prefix = f"+{phonenumbers.country_code_for_region(HOME)}"
    return phone.removeprefix(prefix)


def masked(phone: str) -> str:
    """The number with its middle made unreadable: ``138****1234``."""
    plain = shown(phone)
    return f"{plain[:3]}****{plain[-4:]}" if len(plain) > 7 else "****"


def _parse(text: str) -> PhoneNumber | None:
    folded = _folded(text)
    if len(folded) > _LONGEST:
        return None
    try:
        return phonenumbers.parse(folded, HOME)
    except NumberParseException:
        return None


def _folded(text: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text)).translate(_DASHES).strip()


def _count(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _e164(number: PhoneNumber) -> Phone:
    return Phone(phonenumbers.format_number(number, PhoneNumberFormat.E164))
