"""Tables and calls as text, laid out as formatters do: on one line where that fits, else one element per line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Code as it is written. Its further lines are indented relative to its first, unless `fixed` holds them."""

    rows: tuple[str, ...]
    fixed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Brackets:
    """Elements between brackets. `tall`: one per line, even where all fit on one; `compact`: one line below first.

    `behind`: a comment behind the opening bracket, where the elements have lines of their own, else behind all;
    `tail`: comment lines below the last element.
    """

    opening: str
    items: tuple[Item, ...]
    closing: str
    tall: bool = False
    compact: bool = False
    behind: str = ""
    tail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An element with the comment lines above it and the comment behind it; `name` of a keyword argument."""

    content: Text | Brackets
    name: str = ""
    above: tuple[str, ...] = ()
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """The width of a line, one step of indentation, and how deep the code stands."""

    width: int
    step: str
    depth: int = 0

    @property
    def indentation(self) -> str:
        return self.step * self.depth

    @property
    def columns(self) -> int:
        return len(self.indentation.expandtabs(4))

    def deeper(self) -> Room:
        return Room(self.width, self.step, self.depth + 1)


def plain(text: str) -> Text:
    return Text((text,))


def laid_out(content: Text | Brackets, room: Room, before: str = "", after: str = "") -> str:
    """The text from `before` to `after`; its first line stands at the room's indentation, which is left out."""
    if isinstance(content, Text):
        rows = [
            row if number == 0 or number in content.fixed or not row else room.indentation + row
            for number, row in enumerate(content.rows)
        ]
        return before + "\n".join(rows) + after
    one_line = _flat(content)
    if one_line is not None and room.columns + len(before + one_line + after) <= room.width:
        behind = f"  {content.behind}" if content.behind else ""
        return before + one_line + after + behind
    inner = room.deeper()
    opening = before + content.opening + (f"  {content.behind}" if content.behind else "")
    if content.compact and one_line is not None:
        below = one_line[len(content.opening) : -len(content.closing)]
        if inner.columns + len(below) <= room.width:
            return f"{opening}\n{inner.indentation}{below}\n{room.indentation}{content.closing}{after}"
    lines = [opening]
    for item in content.items:
        lines += [inner.indentation + comment for comment in item.above]
        name = f"{item.name}=" if item.name else ""
        behind = f"  {item.behind}" if item.behind else ""
        lines.append(inner.indentation + laid_out(item.content, inner, name, ",") + behind)
    lines += [inner.indentation + comment for comment in content.tail]
    lines.append(f"{room.indentation}{content.closing}{after}")
    return "\n".join(lines)


def _flat(content: Text | Brackets) -> str | None:
    """The text on one line, where nothing in it needs lines of its own."""
    if isinstance(content, Text):
        return content.rows[0] if len(content.rows) == 1 else None
    if content.tail or (content.tall and len(content.items) > 1):
        return None
    parts: list[str] = []
    for item in content.items:
        text = _flat(item.content)
        if text is None or item.above or item.behind:
            return None
        parts.append(f"{item.name}={text}" if item.name else text)
    return f"{content.opening}{', '.join(parts)}{content.closing}"
