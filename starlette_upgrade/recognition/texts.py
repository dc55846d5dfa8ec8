"""What an error says, as something that a pasted text is compared with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from starlette_upgrade.recognition.pasted import Told, squeezed

_CLASS = re.compile(r"(?:[A-Za-z_]\w*\.)*(?P<cls>[A-Z_]\w*)(?::\s+(?P<text>.+))?$")
_OWNER = re.compile(r"\w+(?:\.\w+)*\.(?=\w+\(\))")
# Applications have subclasses of their own, whose name an error says.
_RECEIVER = re.compile(r"'(?:Starlette|FastAPI|Router|APIRouter)'(?= object has no attribute '\w+')")
# Nobody's subclass has these names, so that an attribute that they lack is another story.
_BUILTIN = (
    r"(?!(?:NoneType|str|bytes|int|float|bool|list|dict|tuple|set|function|method|module|coroutine|type|"
    r"async_generator|generator|property)')"
)
# A shorter piece of what an error says could be of any, and so could a single word.
_SHORTEST = 9
_LOOSE = 0.75


@dataclass(frozen=True, slots=True)
class Text:
    """A text of an error: the class of the exception, and what it says; "" for any."""

    cls: str
    says: str

    def weight(self, told: Told) -> float:
        """How much of what is told this accounts for: the letters that are the same; 0 if it is something else."""
        if not self._is_class(told):
            return 0
        if not self.says:
            return 1
        for pattern, worth in _patterns(self.says):
            if pattern.search(told.text):
                return worth
        return 0

    def is_named(self, told: Told) -> bool:
        """Whether the exception is named, if not as such then among the words."""
        return not self.cls or bool(told.cls) or self.cls.casefold() in told.text.casefold()

    def holds(self, told: Told) -> float:
        """How much of this the text tells, where that is only a piece of it, as a person types it."""
        piece = told.text.strip("'. \N{HORIZONTAL ELLIPSIS}").casefold()
        if len(piece) < _SHORTEST or " " not in piece or not self.says or not self._is_class(told):
            return 0
        found = re.search(rf"(?<!\w){re.escape(piece)}", squeezed(self.says).casefold())
        return len(piece) / len(self.says) if found else 0

    def _is_class(self, told: Told) -> bool:
        same = self.cls.casefold() == told.cls.casefold()
        return same or bool(self.says and not (self.cls and told.cls))


def text_of(said: str) -> Text:
    """`RuntimeError: Stream consumed` taken apart; a text without a class may be said by any exception."""
    found = _CLASS.match(squeezed(said))
    if found:
        return Text(found["cls"], found["text"] or "")
    return Text("", squeezed(said))


@cache
def _patterns(says: str) -> tuple[tuple[re.Pattern[str], float], ...]:
    """What finds it, with its worth: as it is; then of another class, or as older Pythons write a method's name."""
    exact = _escaped(says)
    patterns = [(re.compile(exact, re.IGNORECASE), float(_letters(says)))]
    loose = _OWNER.sub("", says)
    if loose != says:
        patterns.append((re.compile(rf"(?<![\w.]){_escaped(loose)}", re.IGNORECASE), _letters(loose) * _LOOSE))
    any_receiver = _RECEIVER.sub("'\N{HORIZONTAL ELLIPSIS}'", says)
    if any_receiver != says:
        pattern = _escaped(any_receiver).replace("'.*?'", rf"'{_BUILTIN}\w+'", 1)
        patterns.append((re.compile(pattern, re.IGNORECASE), _letters(any_receiver) * _LOOSE))
    return tuple(patterns)


def _escaped(says: str) -> str:
    parts = says.rstrip(". ").split("\N{HORIZONTAL ELLIPSIS}")
    return ".*?".join(re.escape(part) for part in parts)


def _letters(says: str) -> int:
    return len(says.replace("\N{HORIZONTAL ELLIPSIS}", ""))
