"""``pk__among``: matters that a query names, found by their index also where another condition is joined by OR."""

from typing import Any

from django.db.models.lookups import In

from .models import Matter


class Among(In):
    """``IN`` a query. PostgreSQL reads the whole table for ``… OR id IN (SELECT …)``, but not for ``id = ANY (ARRAY(SELECT …))``."""

    lookup_name = "among"

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        """Return the operator with what stands on its right."""
        if connection.vendor == "postgresql" and not self.rhs_is_direct_value():
            return f"= ANY (ARRAY{rhs})"
        return str(super().get_rhs_op(connection, rhs))


Matter._meta.pk.register_lookup(Among)
