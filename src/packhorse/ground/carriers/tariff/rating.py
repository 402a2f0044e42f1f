"""Rating: pure, from the tables alone. The same request at the same time always gives the same quotes.

Each parcel is rated by itself and every line of its price is rounded once, so a shipment costs exactly the sum of its parcels.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from functools import lru_cache

from packhorse.core.money import Money, round_minor
from packhorse.ground.carriers.tariff import tables
from packhorse.ground.carriers.types import ChargeLine, DimensionalRule, ParcelSize, Place, Quote, RateRequest
from packhorse.ground.places import calendar, geography

CARRIER = "tariff"


def dimensional_rule(service: str, origin: Place, destination: Place) -> DimensionalRule:
    """The rule by which a service bills volume on a lane: every parcel counts, however small."""
    found = tables.services()[service]
    return DimensionalRule(found.domestic_divisor if tables.is_domestic(origin.country, destination.country) else found.international_divisor)


@lru_cache(maxsize=16384)
def ships_on(place: Place, moment: dt.datetime, until_hour: int) -> dt.date:
    """The business day on which a parcel ready at that moment leaves."""
    local = moment.astimezone(calendar.time_zone(place.country, place.postal_code, place.region))
    day = local.date() if local.hour < until_hour else local.date() + dt.timedelta(days=1)
    return calendar.business_days_after(day, 0, place.country, place.region)


@lru_cache(maxsize=16384)
def arrives_by(place: Place, left: dt.date, days: int, hour: int) -> dt.datetime:
    """The UTC moment of that local hour, so many of the destination's business days after a parcel left."""
    day = calendar.business_days_after(left, days, place.country, place.region)
    return dt.datetime.combine(day, dt.time(hour), calendar.time_zone(place.country, place.postal_code, place.region)).astimezone(dt.UTC)


def _girth_mm(parcel: ParcelSize) -> tuple[int, int]:
    """The longest side, and longest side plus girth around the others."""
    a, b, c = sorted((parcel.length_mm, parcel.width_mm, parcel.height_mm), reverse=True)
    return a, a + 2 * (b + c)


def _reasons(service: tables.Service, zone: str, request: RateRequest, moment: dt.datetime) -> tuple[str, ...]:
    found: list[str] = []
    if not tables.is_served(request.destination.country) or not tables.is_served(request.origin.country):
        found.append("country_not_served")
    elif zone not in service.prices:
        found.append("too_far")
    if any(p.weight_g <= 0 for p in request.parcels):
        found.append("no_size")
    if any(p.weight_g > service.max_weight_g for p in request.parcels):
        found.append("too_heavy")
    sizes = [_girth_mm(p) for p in request.parcels]
    if any(longest > service.max_longest_mm or girth > service.max_girth_mm for longest, girth in sizes):
        found.append("too_large")
    if service.transit_days.get(zone) == 0:
        place = request.origin
        local = moment.astimezone(calendar.time_zone(place.country, place.postal_code, place.region))
        if ships_on(place, moment, service.collected_until_hour) != local.date():
            found.append("after_cut_off")
    return tuple(found)


def _charges(service: tables.Service, zone: str, billed_g: int, parcel: ParcelSize, request: RateRequest, day: dt.date) -> list[ChargeLine]:
    """The lines of one parcel's price, each rounded once."""
    _, factor = tables.currency(request.origin.country)
    to = request.destination
    lines: list[ChargeLine] = []

    def add(code: str, exact: Decimal) -> None:
        amount = round_minor(exact).amount_minor
        if amount:
            lines.append(ChargeLine(code, amount))

    add("base", tables.price(service, zone, billed_g) * factor)
    if request.residential:
        add("residential", tables.surcharge("residential") * factor)
    if tables.is_remote(to.country, geography.prefix(to.country, to.postal_code)):
        add("remote", tables.surcharge("remote") * factor)
    if tables.is_oversize(*_girth_mm(parcel)):
        add("oversize", tables.surcharge("oversize") * factor)
    add("fuel", sum(line.amount_minor for line in lines) * tables.fuel(service, day))
    if request.signature:
        add("signature", tables.surcharge("signature") * factor)
    rate = tables.tax(request.origin.country, to.country, to.region, to.postal_code)
    add("tax", sum(line.amount_minor for line in lines) * rate)
    return lines


def quote(service: tables.Service, request: RateRequest, now: dt.datetime) -> Quote:
    """One service's quote for a request, at a time."""
    moment = max(request.ready_at, now)
    a, b = request.origin, request.destination
    code, _ = tables.currency(a.country)
    zone = tables.zone(a.country, geography.prefix(a.country, a.postal_code), b.country, geography.prefix(b.country, b.postal_code))
    reasons = _reasons(service, zone, request, moment)
    if reasons:
        return Quote(carrier=CARRIER, service=service.code, name=service.name, amount=Money(0, code), zone=zone, guaranteed=service.guaranteed, reasons=reasons)
    rule = dimensional_rule(service.code, a, b)
    billed = tuple(rule.billed_g(parcel) for parcel in request.parcels)
    left = ships_on(a, moment, service.collected_until_hour)
    totals: Counter[str] = Counter()
    for parcel, billed_g in zip(request.parcels, billed, strict=True):
        for line in _charges(service, zone, billed_g, parcel, request, moment.date()):
            totals[line.code] += line.amount_minor
    days = service.transit_days[zone]
    return Quote(
        carrier=CARRIER,
        service=service.code,
        name=service.name,
        amount=Money(totals.total(), code),
        lines=tuple(ChargeLine(name, amount) for name, amount in totals.items()),
        zone=zone,
        billed_g=billed,
        transit_days=days,
        ships_on=left,
        deliver_by=arrives_by(b, left, days, service.deliver_by_hour),
        guaranteed=service.guaranteed,
    )


def quotes(request: RateRequest, now: dt.datetime) -> list[Quote]:
    """One quote per service, available or not, in the order of the tariff."""
    return [quote(service, request, now) for service in tables.services().values()]
