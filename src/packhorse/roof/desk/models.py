"""The desk's own rows: what the reconcilers found, run by run."""

from __future__ import annotations

from django.db import models


class BooksCheck(models.Model):
    """One run of all reconcilers. `found` holds the first disagreements, as BooksChecked has them; `figures` counts them all."""

    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    figures = models.PositiveIntegerField()
    found = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="books_check_last")]
