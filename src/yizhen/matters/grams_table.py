"""The table of the search index, made by migrations: on SQLite its rows lie in the primary key, which halves it."""

from typing import Any

from django.db import migrations

WITHOUT_ROWID = (
    'CREATE TABLE "matters_mattergram" ("gram" bigint NOT NULL, "matter_id" bigint NOT NULL,'
    ' PRIMARY KEY ("gram", "matter_id")) WITHOUT ROWID'
)


class CreateGrams(migrations.CreateModel):
    """Creates the model's table, without rowid where there are such."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Create the table."""
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(WITHOUT_ROWID)
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
