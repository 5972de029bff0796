"""Walk a built site: every link inside it must lead somewhere, and nothing be fetched from outside.

usage: check_site.py FOLDER
"""

import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src")}
OTHER_LINKS = {("a", "href")}


@dataclass
class Page(HTMLParser):
    """What a page refers to, what it fetches, and the anchors that it has."""

    anchors: set[str] = field(default_factory=set)
    fetched: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        for name, value in given.items():
            if (tag, name) in FETCHED and given.get("rel") != "canonical":
                self.fetched.append(value)
            elif (tag, name) in OTHER_LINKS:
                self.links.append(value)


def read(path: Path) -> Page:
    """Parse a page."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def target(path: Path, link: str) -> tuple[Path, str]:
    """Return the file that a link on a page leads to, and the anchor there."""
    parts = urlsplit(link)
    place = path.parent / unquote(parts.path) if parts.path else path
    place = place.resolve()
    anchor = unquote(parts.fragment).partition(":~:")[0]  # what follows is text to highlight
    return (place / "index.html" if place.is_dir() else place), anchor


def is_outside(link: str) -> bool:
    """Tell whether a link has a host of its own, or is no address of a page."""
    parts = urlsplit(link)
    return bool(parts.netloc or parts.scheme)


def problem(path: Path, link: str, pages: dict[Path, Page]) -> str:
    """Say what is wrong with a link on a page, or nothing."""
    if is_outside(link):
        fetched = link in pages[path].fetched and not link.startswith("data:")
        return "fetches from outside" if fetched else ""
    place, anchor = target(path, link)
    if not place.exists():
        return "leads nowhere"
    known = not anchor or place not in pages or anchor in pages[place].anchors
    return "" if known else "no such anchor"


def complaints(folder: Path) -> list[str]:
    """Say what is broken in the pages below a folder."""
    folder = folder.resolve()
    found = sorted(folder.rglob("*.html"))
    pages = {path: read(path) for path in found if "_static" not in path.relative_to(folder).parts}
    broken = [
        f"{path.relative_to(folder)}: {link}: {wrong}"
        for path, page in pages.items()
        for link in page.fetched + page.links
        if (wrong := problem(path, link, pages))
    ]
    return broken if pages else [f"{folder}: no pages"]


def main(folder: str) -> int:
    """Print the complaints; 1 if there are any."""
    found = complaints(Path(folder))
    print("\n".join(found) or f"{folder}: every internal link leads somewhere")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
