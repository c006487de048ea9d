"""Links of Markdown documents: every file and every heading that one names must exist."""

import pathlib
import re

LINK = re.compile(r"\]\(([^()\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.M | re.S)
CODE = re.compile(r"`[^`\n]*`")
HEADING = re.compile(r"^#+\s+(.*?)\s*$", re.M)
ELSEWHERE = ("http://", "https://", "mailto:")


def slug(heading):
    """The anchor that a heading gets on the usual Git hosts."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(text):
    return {slug(heading) for heading in HEADING.findall(FENCED.sub("", text))}


def broken(root, documents):
    """Links of `documents` (paths from root) that lead nowhere."""
    found = []
    for document in documents:
        text = (pathlib.Path(root) / document).read_text()
        for link in LINK.findall(CODE.sub("", FENCED.sub("", text))):
            if link.startswith(ELSEWHERE):
                continue
            name, _, anchor = link.partition("#")
            target = (pathlib.Path(root) / document).parent / name if name else pathlib.Path(root) / document
            if not target.exists():
                found.append(f"{document}: ({link}) is no file of the tree")
            elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text()):
                found.append(f"{document}: ({link}): {target.name} has no such heading")
    return found
