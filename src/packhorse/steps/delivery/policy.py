"""When a parcel is expected, by what its carrier says of it."""

from __future__ import annotations

import datetime as dt

from packhorse.ground.places.calendar import business_days_after, time_zone


def zone_of(destination: str) -> dt.tzinfo:
    """The time zone of where a parcel goes (a zone such as "CA-K1M"); UTC where that is not known."""
    country, _, prefix = destination.partition("-")
    return time_zone(country, prefix) if country else dt.UTC


def expected_after(code: str, occurred_at: dt.datetime, expected_by: dt.datetime, destination: str) -> dt.datetime:
    """When a parcel is expected after a scan, at the hour at which it was expected before.

    Out for delivery: that day. An attempt in vain: the next business day. A trouble on the day it was expected, or still on its way after that day (a parcel comes to its town in the morning of the
    day that it is delivered): the next business day at the earliest. Other scans say nothing new. Days are those of the destination (a zone such as "CA-K1M").
    """
    country, zone = destination.partition("-")[0], zone_of(destination)
    scanned, expected = occurred_at.astimezone(zone).date(), expected_by.astimezone(zone)
    if code == "out_for_delivery":
        day = scanned
    elif code == "attempted" or (code == "exception" and scanned >= expected.date()) or (code == "in_transit" and scanned > expected.date()):
        day = business_days_after(scanned, 1, country) if country else scanned + dt.timedelta(days=1)
    else:
        return expected_by
    return dt.datetime.combine(day, expected.time(), zone).astimezone(dt.UTC)
