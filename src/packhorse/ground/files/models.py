"""Files by content: what a file says is kept once, under its SHA-256; a row says whose it is, what for, and until when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class StoredFile(models.Model):
    """A photo, document or label. Whose it is: a client's, or the house's own (null). The same bytes for two clients are two rows and one file on disk."""

    sha256 = models.CharField(max_length=64)
    media_type = models.TextField()
    size = models.BigIntegerField()
    client_id = models.BigIntegerField(null=True)
    kind = models.TextField()
    created_at = models.DateTimeField()
    retain_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sha256", "client_id", "kind"], name="file_content_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(size__gte=0), name="file_size_not_negative"),
        ]
        indexes = [models.Index(fields=["retain_until"], name="file_retention", condition=Q(retain_until__isnull=False))]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"
