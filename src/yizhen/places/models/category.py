"""Categories of townships: what may fairly be compared with what."""

from django.db import models


class Category(models.Model):
    """A category such as grain-producing town; townships of one category in one city are each other's peer group."""

    code = models.SlugField(primary_key=True, max_length=40)
    name_zh = models.CharField(max_length=40, unique=True)
    name_en = models.CharField(max_length=80)
    domain_weights = models.JSONField(default=dict)
    not_applicable = models.JSONField(default=list)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name_zh
