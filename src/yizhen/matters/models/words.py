"""The words of matters for searching: what is compared, and the grams by which it is found. Derived, never shown."""

from django.db import models

from .matter import Matter


class MatterWords(models.Model):
    """The folded number, place name, title and text of a matter, one a line; of a sealed kind number and place alone."""

    matter = models.OneToOneField(Matter, models.CASCADE, primary_key=True, related_name="words")
    text = models.TextField()

    class Meta:
        verbose_name_plural = "matter words"

    def __str__(self) -> str:
        return f"{self.matter_id}"


class MatterFresh(models.Model):
    """A matter whose grams are not in the index yet: its words are looked at one by one. There are a hundred at most.

    Grams come into the index a hundred matters at a time: those of one matter lie in forty places of it, each to be
    written; those of a hundred in not many more.
    """

    matter = models.OneToOneField(Matter, models.CASCADE, primary_key=True, related_name="fresh")

    def __str__(self) -> str:
        return f"{self.matter_id}"


class MatterGram(models.Model):
    """One gram (:mod:`yizhen.matters.words`) of a matter's words.

    Some sixty rows a matter: the table is nothing but its primary key (on SQLite without a rowid), and has no foreign
    key in the database, which would be looked up for each row. ``yizhen reindex`` makes it anew.
    """

    pk = models.CompositePrimaryKey("gram", "matter_id")
    gram = models.BigIntegerField()
    matter = models.ForeignKey(Matter, models.CASCADE, db_index=False, db_constraint=False, related_name="+")

    def __str__(self) -> str:
        return f"{self.gram} {self.matter_id}"
