"""A form gets its key from its page, and doors make none: what is sent twice is done once."""

from __future__ import annotations

import ast
import re

from tests.architecture.source import PACKAGE, ROOT, modules

#: What parses requests and renders pages; `core.web.once` is where a page's forms get their keys, charts name their parts.
DOORS = {"api", "pages", "panel", "scanner", "urls"}
MAKES_KEYS = {"core.web.once"}
NAMES_PARTS = {"core.web.charts"}

POSTS = re.compile(r"""\bmethod\s*=\s*["']?post|\bhx-post\b""", re.IGNORECASE)
TAG = re.compile(r"<form\b(?:{%.*?%}|{{.*?}}|[^>])*>", re.DOTALL)


def test_no_door_makes_a_key() -> None:
    faults = []
    for module in modules():
        door = module.part in DOORS or module.name.startswith(("core.web", "core.templatetags"))
        if not door or module.name in MAKES_KEYS | NAMES_PARTS:
            continue
        for node in ast.walk(module.tree):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name in ("uuid1", "uuid4", "uuid6", "uuid7") or (isinstance(node, ast.alias) and node.name in ("uuid1", "uuid4", "uuid6", "uuid7")):
                faults.append(module.name)
    assert not faults, f"take the key from the form (`Posted.key`, `once.key_of`): {faults}"


def test_every_form_that_posts_begins_with_its_key() -> None:
    faults, seen = [], 0
    for path in sorted(PACKAGE.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for match in TAG.finditer(text):
            if not POSTS.search(match.group()):
                continue
            seen += 1
            body = text[match.end() : text.index("</form>", match.end())]
            if len(re.findall(r"{% once\b[^%]*%}", body)) != 1:
                faults.append(f"{path.relative_to(ROOT)}: {match.group()[:80]}")
    assert seen > 30
    assert not faults, f"{{% once %}} is missing: {faults}"


def test_nothing_posts_but_a_form_and_no_form_writes_its_key_by_hand() -> None:
    faults = []
    for path in sorted(PACKAGE.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        without_forms = TAG.sub("", text)
        faults += [f"{path.relative_to(ROOT)}: {what}" for what in ("csrf_token", 'name="key"') if what in text]
        faults += [f"{path.relative_to(ROOT)}: {what}" for what in ("hx-post", "hx-put", "hx-patch", "hx-delete") if what in without_forms]
    assert not faults
