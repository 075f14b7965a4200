"""Sums of cells, as validation rules write them: ``A01 + A02 - 2 * B01``. Reads a formula; runs no code."""

import ast
import operator
from collections.abc import Mapping
from decimal import Decimal, DivisionByZero, InvalidOperation

from django.utils.translation import gettext as _

SIGNS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
COMPARISONS = {
    "==": operator.eq, "!=": operator.ne, "<=": operator.le, ">=": operator.ge, "<": operator.lt, ">": operator.gt,
}  # fmt: skip
LONGEST = 200


class BadExpression(ValueError):
    """The formula cannot be read; the message says why, in the page's language."""


def parse(text: str) -> ast.expr:
    """Read a formula of field codes, numbers, brackets and + - * /.

    Raises:
        BadExpression: for anything else.
    """
    if len(text) > LONGEST:
        raise BadExpression(_("算式太长。"))
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadExpression(_("看不懂算式“%(text)s”。") % {"text": text[:40]}) from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and (isinstance(node.value, bool) or not isinstance(node.value, int | float)):
            raise BadExpression(_("算式里只能有数据项代码、数字、括号和 + - * /。"))
        if not isinstance(
            node,
            ast.Name
            | ast.Load
            | ast.Constant
            | ast.BinOp
            | ast.UnaryOp
            | ast.USub
            | ast.Add
            | ast.Sub
            | ast.Mult
            | ast.Div,
        ):
            raise BadExpression(_("算式里只能有数据项代码、数字、括号和 + - * /。"))
    return tree


def codes(text: str) -> set[str]:
    """Return the field codes that a formula names."""
    return {node.id for node in ast.walk(parse(text)) if isinstance(node, ast.Name)}


def evaluate(text: str, values: Mapping[str, Decimal]) -> Decimal | None:
    """Return what a formula comes to; None when a cell it names is empty, or it divides by nought."""

    def value(node: ast.expr) -> Decimal:
        if isinstance(node, ast.Name):
            return values[node.id]
        if isinstance(node, ast.Constant):
            return Decimal(str(node.value))
        if isinstance(node, ast.UnaryOp):
            return -value(node.operand)
        assert isinstance(node, ast.BinOp)
        made: Decimal = SIGNS[type(node.op)](value(node.left), value(node.right))
        return made

    try:
        return value(parse(text))
    except (KeyError, DivisionByZero, InvalidOperation):
        return None


def holds(left: str, sign: str, right: str, values: Mapping[str, Decimal]) -> bool | None:
    """Return whether a rule holds; None when a side cannot be worked out yet."""
    one, other = evaluate(left, values), evaluate(right, values)
    if one is None or other is None:
        return None
    result: bool = COMPARISONS[sign](one, other)
    return result
