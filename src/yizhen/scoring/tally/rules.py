"""The rule of a count: grades, weights, denominators and roundings, as frozen with the campaign."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Literal, get_args

Denominator = Literal["valid", "returned", "issued"]
RoundingMode = Literal["half_up", "half_even", "down", "up"]


@dataclass(frozen=True)
class Rounding:
    """Decimals kept and how: of class and item scores, of the total, of rates. None keeps the exact fraction.

    The default keeps six decimals on the way and three in the total, halves up.

    Raises:
        ValueError: when the mode is unknown or a number of decimals is not 0 to 12.

    >>> Rounding(total=1).of_total(Fraction(18125, 200))
    Decimal('90.6')
    """

    classes: int | None = 6
    total: int = 3
    rates: int = 2
    mode: RoundingMode = "half_up"

    def __post_init__(self) -> None:
        if self.mode not in get_args(RoundingMode):
            raise ValueError(f"rounding: {self.mode!r} is none of {', '.join(get_args(RoundingMode))}")
        for name, places in (("classes", self.classes), ("total", self.total), ("rates", self.rates)):
            if places is not None and not 0 <= places <= 12:
                raise ValueError(f"rounding: {name} keeps {places} decimals, expected 0 to 12")

    def of_class(self, value: Fraction) -> Fraction:
        """Return a class score as the total will use it."""
        return value if self.classes is None else Fraction(rounded(value, self.classes, self.mode))

    def of_total(self, value: Fraction) -> Decimal:
        """Return a total as it is declared."""
        return rounded(value, self.total, self.mode)

    def of_rate(self, value: Fraction) -> Decimal:
        """Return a rate as it is declared."""
        return rounded(value, self.rates, self.mode)


def rounded(value: Fraction, places: int, mode: RoundingMode = "half_up") -> Decimal:
    """Return a non-negative number rounded to ``places`` decimals.

    >>> [str(rounded(Fraction(5, 2), 0, mode)) for mode in ("half_up", "half_even", "down", "up")]
    ['3', '2', '2', '3']
    """
    scaled = value * 10**places
    whole = {
        "half_up": floor(scaled + Fraction(1, 2)),
        "half_even": round(scaled),
        "down": floor(scaled),
        "up": ceil(scaled),
    }[mode]
    return Decimal(whole).scaleb(-places)


def round_half_up(value: Fraction, places: int) -> Decimal:
    """Return a non-negative number rounded half up to ``places`` decimals.

    >>> round_half_up(Fraction(5, 2), 0)
    Decimal('3')
    """
    return rounded(value, places)


@dataclass(frozen=True)
class Grade:
    """A grade on the sheet and the share of full marks it is worth, from 0 to 1.

    Raises:
        ValueError: when the coefficient is outside 0 to 1.
    """

    code: str
    coefficient: Fraction
    counts_in_denominator: bool = True

    def __post_init__(self) -> None:
        if isinstance(self.coefficient, float):  # 0.8 means four fifths, not the binary number next to it
            object.__setattr__(self, "coefficient", Fraction(str(self.coefficient)))
        if not 0 <= self.coefficient <= 1:
            raise ValueError(f"grade {self.code}: coefficient {self.coefficient} is outside 0 to 1")


@dataclass(frozen=True)
class ClassCount:
    """What the tellers counted for one item in one voter class, in sheets.

    Raises:
        ValueError: naming the class and the field, when a number is negative or the parts do not add up to
            ``returned``. A class that returned more than it was issued is not checked: its round is void anyway.
    """

    code: str
    issued: int
    returned: int
    void: int
    abstained: int
    not_informed: int
    grades: Mapping[str, int]

    def __post_init__(self) -> None:
        fields = ("issued", "returned", "void", "abstained", "not_informed")
        numbers = {name: getattr(self, name) for name in fields} | dict(self.grades)
        for name, number in numbers.items():
            if number < 0 or number != int(number):
                raise ValueError(
                    f"class {self.code}: {name} is {'negative' if number < 0 else 'no whole number'} ({number})"
                )
        parts = self.void + self.abstained + self.not_informed + self.valid
        if self.returned <= self.issued and self.returned != parts:
            raise ValueError(f"class {self.code}: returned is {self.returned}, but its parts add up to {parts}")

    @property
    def valid(self) -> int:
        """The number of graded marks."""
        return sum(self.grades.values())


@dataclass(frozen=True)
class CountingRule:
    """How a campaign counts; weights are whole numbers in any unit, and the headline item carries the rates.

    ``denominator`` says what marks are divided by: the ``valid`` ones (abstentions and 不了解 stay out), all sheets
    ``returned``, or all ``issued`` (a sheet that stayed away then counts as worth nothing). ``empty_class`` says what
    becomes of a class that has none: its weight is shared out, or the result is void. Neither happens silently.

    Raises:
        ValueError: when weights are negative or sum to zero, a grade or item is not known, or an option is not.
    """

    grades: tuple[Grade, ...]
    class_weights: Mapping[str, int]
    item_weights: Mapping[str, int]
    excellent: str
    negative: frozenset[str]
    headline_item: str
    min_valid_per_class: int = 5
    min_valid_total: int = 8
    denominator: Denominator = "valid"
    empty_class: Literal["renormalise", "void"] = "renormalise"
    rounding: Rounding = field(default_factory=Rounding)

    def __post_init__(self) -> None:
        for name, weights in (("class_weights", self.class_weights), ("item_weights", self.item_weights)):
            for code, weight in weights.items():
                if weight < 0 or weight != int(weight):
                    what = "negative" if weight < 0 else "no whole number; use percent"
                    raise ValueError(f"{name}: the weight of {code} is {what} ({weight})")
            if sum(weights.values()) <= 0:
                raise ValueError(f"{name}: the weights must sum to more than zero")
        if isinstance(self.negative, str):
            raise ValueError(f"negative: expected a set of grades, not the text {self.negative!r}")
        codes = [grade.code for grade in self.grades]
        if len(set(codes)) != len(codes):
            raise ValueError(f"grades: a code is used twice in {codes}")
        refuse_unknown("grades", {self.excellent} | self.negative, codes)
        outside = {grade.code for grade in self.grades if not grade.counts_in_denominator}
        if outside & ({self.excellent} | self.negative):
            raise ValueError(f"grades: {', '.join(sorted(outside))} does not count, so no rate can rest on it")
        refuse_unknown("headline_item", [self.headline_item], self.item_weights)
        if min(self.min_valid_per_class, self.min_valid_total) < 0:
            raise ValueError("min_valid_per_class and min_valid_total cannot be negative")
        if self.denominator not in get_args(Denominator):
            raise ValueError(f"denominator: {self.denominator!r} is none of {', '.join(get_args(Denominator))}")
        if self.empty_class not in ("renormalise", "void"):
            raise ValueError(f"empty_class: {self.empty_class!r} is neither renormalise nor void")

    def valid_marks(self, count: ClassCount) -> int:
        """Return the number of marks that count in the denominator.

        Raises:
            ValueError: when the count has a grade that the rule does not know.
        """
        refuse_unknown(f"class {count.code}: grades", count.grades, [grade.code for grade in self.grades])
        return sum(count.grades.get(grade.code, 0) for grade in self.grades if grade.counts_in_denominator)

    def divisor(self, count: ClassCount) -> int:
        """Return what the marks of a class are divided by, under the stored rule."""
        valid = self.valid_marks(count)
        return {"valid": valid, "returned": count.returned, "issued": count.issued}[self.denominator] if valid else 0


def refuse_unknown(name: str, codes: Collection[str], known: Collection[str]) -> None:
    """Refuse codes that the rule does not know.

    Raises:
        ValueError: naming them.
    """
    unknown = sorted(code for code in codes if code not in known)
    if unknown:
        raise ValueError(f"{name}: {', '.join(unknown)} not in the rule")
