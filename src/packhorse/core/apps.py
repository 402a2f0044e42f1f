import datetime as dt
import gc
import os

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "packhorse.core"
    label = "core"
    verbose_name = _("Core")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from packhorse.core import clock, discover, sql

        connection_created.connect(sql.give_room)
        discover.load()
        # What was loaded stays: the settings stopped the search for garbage in it, and nobody looks through it again.
        gc.freeze()
        # A list of a thousand orders makes many short-lived objects; looking for circles among them every 700 costs a tenth of the work.
        gc.set_threshold(50_000, 20, 20)
        gc.enable()
        if seconds := os.environ.get("PACKHORSE_CLOCK_SHIFT"):  # set by the demonstration for the processes that serve it
            clock.use(clock.ShiftedClock(dt.timedelta(seconds=float(seconds))))
