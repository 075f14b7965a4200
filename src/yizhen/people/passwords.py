"""Password rules of GB/T 22239-2019 that Django does not ship."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z\d]")


class ThreeClassesValidator:
    """Asks for three of: lower case, upper case, digits, other characters."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002
        """Raise ValidationError when fewer than three classes of characters occur."""
        if sum(bool(re.search(pattern, password)) for pattern in CLASSES) < 3:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        """Say the rule."""
        return _("密码至少包含小写字母、大写字母、数字、符号中的三类。")
