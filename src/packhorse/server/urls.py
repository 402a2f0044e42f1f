"""URLs, assembled from the rooms by the names of their files: urls.py (`urlpatterns`, and `public_urlpatterns` for pages without login), api.py (`router`)."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver, include, path

from packhorse.core import discover
from packhorse.core.web import account, urls as machinery
from packhorse.core.web.api import the_api
from packhorse.core.web.programs import PREFIX

#: Where pages for customers live: no login, unguessable links.
PUBLIC = {"delivery": "t/", "returns": "r/"}
#: Where the roof's rooms are mounted; the desk is the house's front door.
ROOF = {"desk": "", "insights": "insights/", "simulation": "simulation/"}

handler400 = "packhorse.core.web.errors.bad_request"
handler403 = "packhorse.core.web.errors.forbidden"
handler404 = "packhorse.core.web.errors.missing"
handler500 = "packhorse.core.web.errors.broken"


def _mount(prefix: str, room: str, patterns: Any) -> URLResolver:
    return path(prefix, include((patterns, room), namespace=room))


def _rooms(layer: str) -> list[tuple[str, ModuleType]]:
    return [(room, module) for room, module in discover.modules("urls", layer) if getattr(module, "urlpatterns", None)]


def _assemble() -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = [path(PREFIX.lstrip("/"), the_api().urls)]
    found += machinery.urlpatterns
    for _room, module in discover.modules("urls", "ground"):
        found += getattr(module, "front_urlpatterns", [])
    found += [_mount(f"settings/{room}/", room, module.urlpatterns) for room, module in _rooms("ground")]
    found += [_mount(f"{room}/", room, module.urlpatterns) for room, module in _rooms("steps")]
    for room, module in discover.modules("urls", "steps"):
        if patterns := getattr(module, "public_urlpatterns", None):
            found.append(_mount(PUBLIC[room], f"{room}_public", patterns))
    found += [_mount(ROOF.get(room, f"{room}/"), room, module.urlpatterns) for room, module in _rooms("roof")]
    found.append(path("", account.home, name="home"))
    return found


urlpatterns = _assemble()
