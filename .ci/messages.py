"""The messages of the product and their French: `messages.py make` extracts and compiles, `messages.py check` says what is missing. Run by make.

A message is what Python gives to gettext, what a template puts in trans or blocktrans, the first paragraph of a refusal's docstring, and a reason given to `Invalid`.
Babel reads and writes the catalogues, so no GNU gettext is needed; the compiled one is committed, so running Packhorse needs no Babel.
"""

import ast
import inspect
import io
import os
import re
import string
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

SOURCE = Path("src/packhorse")
PO = SOURCE / "locale/fr/LC_MESSAGES/django.po"
MO = PO.with_suffix(".mo")
HEADER = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
PLURALS = '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
CALLS = {
    **dict.fromkeys(("_", "now_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PERCENT = re.compile(r"%(?:\(\w+\))?[-+#0]*\d*(?:\.\d+)?[a-zA-Z%]")

Found = tuple[str | None, str | tuple[str, str]]  # context, message or its two forms


def calls(text: str) -> Iterator[Found]:
    """What is given to gettext and its kin, as literals."""
    for _line, function, given, _comments in extract_python(io.BytesIO(text.encode()), CALLS, (), {}):
        said = list(given if isinstance(given, tuple) else (given,))
        context = said.pop(0) if "pgettext" in function else None
        if said and said[0]:
            yield context, (said[0], said[1]) if function.startswith(("n", "np")) and function != "now_" else said[0]


def in_template(text: str) -> Iterator[Found]:
    # templatize leaves the calls and blanks everything else out; without its indentation that is Python enough for the extractor.
    yield from calls("\n".join(line.strip() for line in templatize(text).splitlines()) + "\n")


def reasons(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from reasons(node.body)
        yield from reasons(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and any(c.isalpha() for c in node.value):
        yield node.value


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def everything() -> dict[Found, set[str]]:
    """Each message and the files it is in."""
    found: dict[Found, set[str]] = {}
    bases: dict[str, set[str]] = {}
    docs: list[tuple[str, str, str]] = []
    for path in sorted(SOURCE.rglob("*.html")):
        for message in in_template(path.read_text()):
            found.setdefault(message, set()).add(path.as_posix())
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        text = path.read_text()
        for message in calls(text):
            found.setdefault(message, set()).add(path.as_posix())
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(name_of(b) for b in node.bases)
                docs.append((node.name, ast.get_docstring(node, clean=False) or "", path.as_posix()))
            elif isinstance(node, ast.Call) and name_of(node.func) == "Invalid":
                for reason in (r for k in node.keywords if k.arg == "reason" for r in reasons(k.value)):
                    found.setdefault((None, reason), set()).add(path.as_posix())
    refusals, before = {"PackhorseError"}, 0
    while len(refusals) > before:
        before = len(refusals)
        refusals |= {name for name, above in bases.items() if above & refusals}
    for name, doc, where in docs:
        message = inspect.cleandoc(doc).split("\n\n")[0].replace("\n", " ")
        if name in refusals and message:
            found.setdefault((None, message), set()).add(where)
    return found


def merged() -> Catalog:
    """Everything that is said, with the French there is for it."""
    with PO.open("rb") as file:
        known = read_po(file, locale="fr")
    catalog = Catalog(locale="fr", charset="utf-8")
    found = everything()
    plural = {(context, said[0]) for context, said in found if isinstance(said, tuple)}
    for (context, said), files in found.items():
        if isinstance(said, str) and (context, said) in plural:
            continue  # the same words with a plural elsewhere: one entry serves both
        first = said[0] if isinstance(said, tuple) else said
        had = known.get(first, context)
        french = had.string if had else ""
        if isinstance(french, tuple) != isinstance(said, tuple):
            french = ("", "") if isinstance(said, tuple) else french[0]
        flags = {"python-brace-format"} if fields(first) else set()
        catalog.add(said, french, locations=[(f, None) for f in sorted(files)], flags=flags | (had.flags & {"fuzzy"} if had else set()), context=context)
    return catalog


def fields(text: str) -> list[str]:
    """The {placeholders} of a text; none where its braces are something else."""
    try:
        return sorted(f"{{{name}!{conversion}:{spec}}}" for _text, name, spec, conversion in string.Formatter().parse(text) if name is not None)
    except ValueError:
        return []


def holes(text: str) -> list[str]:
    """Everything that is filled in when the text is shown."""
    return sorted(PERCENT.findall(text)) + fields(text)


def wrong(message: Message) -> str:
    """What is wrong with the French of a message, or nothing."""
    english, french = both(message.id), both(message.string)
    if message.fuzzy:
        return "fuzzy"
    if not all(french) or len(french) != len(english):
        return "not translated"
    # "one order" may name no number where "{n} orders" does
    allowed = [holes(e) for e in english]
    if any(holes(f) not in (allowed if len(french) > 1 else allowed[:1]) for f in french) or holes(french[-1]) != allowed[-1]:
        return "other placeholders"
    return ""


def po_text(catalog: Catalog) -> str:
    out = io.BytesIO()
    write_po(out, catalog, width=0, sort_output=True, omit_header=True, include_lineno=False)
    return HEADER + PLURALS + out.getvalue().decode()


def pairs(catalog: Catalog) -> dict[object, object]:
    # of a compiled catalogue Babel reads the context as bytes
    return {(m.context.decode() if isinstance(m.context, bytes) else m.context, both(m.id)): both(m.string) for m in catalog if m.id}


def both(words: str | Sequence[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def make() -> list[str]:
    if not PO.exists():
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_text(HEADER + PLURALS)
    catalog = merged()
    PO.write_text(po_text(catalog))
    compiled = Catalog(locale="fr", charset="utf-8", fuzzy=False)
    for message in catalog:
        if message.id and not wrong(message):
            compiled.add(message.id, message.string, context=message.context)
    if not MO.exists() or said_by(MO) != pairs(compiled):
        out = io.BytesIO()
        compiled.creation_date = compiled.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # any fixed date: the file changes when its words do
        write_mo(out, compiled)
        MO.write_bytes(out.getvalue())
    return [f"{wrong(m)}: {m.id!r}" for m in catalog if m.id and wrong(m)]


def said_by(mo: Path) -> dict[object, object]:
    with mo.open("rb") as file:
        return pairs(read_mo(file))


def check() -> list[str]:
    catalog = merged()
    said = [f"{wrong(m)}: {m.id!r} ({', '.join(f for f, _ in m.locations)})" for m in catalog if m.id and wrong(m)]
    if PO.read_text() != po_text(catalog):
        said.append(f"{PO} is not what the sources say: make messages")
    if said_by(MO) != pairs(catalog):
        said.append(f"{MO} is not compiled from {PO.name}: make messages")
    return said


if __name__ == "__main__":
    os.chdir(Path(__file__).parent.parent)
    settings.configure(USE_I18N=True)
    problems = {"make": make, "check": check}[sys.argv[1]]()
    sys.stderr.write("".join(p + "\n" for p in problems))
    sys.exit(bool(problems))
