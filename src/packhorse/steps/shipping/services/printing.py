"""Many papers as one document, in the order in which the parcels stand on the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from django.utils.translation import gettext as _

from packhorse.core.actors import Scope
from packhorse.core.documents import joined
from packhorse.core.errors import NotFound
from packhorse.ground.files import selectors as files
from packhorse.steps.shipping import selectors

What = Literal["both", "labels", "slips"]


def papers(scope: Scope, label_ids: Sequence[int], *, what: What = "both") -> bytes:
    """One PDF of the labels' papers, each label before its packing slip, in the order of `label_ids`. Native labels of carriers go in as they are.

    Raises: NotFound (none of them was bought).
    """
    infos = {i.label_id: i for i in selectors.labels_by_id(scope, label_ids)}
    wanted = [infos[i] for i in label_ids if i in infos]
    ids = [n for i in wanted for n in (i.pdf_id if what != "slips" else None, i.slip_id if what != "labels" else None) if n is not None]
    if not ids:
        raise NotFound(kind="label", ref=_("nothing of this was bought yet"))
    known = files.infos(ids, scope)
    contents = [files.content(known[i]) for i in ids if i in known]
    return joined(contents)
