"""How far a simulation has come, so that one that was killed goes on where it was."""

from __future__ import annotations

from django.db import models


class Run(models.Model):
    """A simulation in this database (there is at most one). `day` counts from 0; `part` is the next part of that day to be done; `clock` is where the virtual clock stood."""

    only = models.BooleanField(default=True, unique=True)
    parameters = models.JSONField()
    day = models.PositiveIntegerField(default=0)
    part = models.PositiveIntegerField(default=0)
    clock = models.DateTimeField()
    finished = models.BooleanField(default=False)
    seconds = models.FloatField(default=0)
    figures = models.JSONField(default=dict)
