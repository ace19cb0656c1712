"""The lines of a VCT file: encoding found out, comments and blank lines passed over, each known by its number."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, NoReturn

import numpy as np

from village_planner.base import Feedback, InputError

_ENCODINGS = ("utf-8-sig", "gb18030")
"""Chinese text in GB18030 is practically never valid UTF-8, so UTF-8 is tried first."""
_CHECK_EVERY = 20_000


class Lines:
    """Reads a file line by line. Raises InputError with the file's name and the line where it is not what the format says."""

    def __init__(self, path: Path, feedback: Feedback) -> None:
        self._name, self._feedback = path.name, feedback
        self.number = 0
        self._lines = self._read(path)

    def take(self) -> str:
        """The next line; an error at the end of the file."""
        line = self.next()
        return self.fail("end") if line is None else line

    def next(self) -> str | None:
        """The next line, or None at the end."""
        return next(self._lines, None)

    def whole(self, text: str | None = None) -> int:
        """The next line, or `text` of it, as a whole number."""
        text = self.take() if text is None else text
        try:
            return int(text)
        except ValueError:
            return self.fail("number", text)

    def pairs(self, count: int) -> np.ndarray:
        """The next `count` lines as coordinates, (count, 2); further values of a line (heights) are passed over."""
        if count < 0:
            self.fail("number", str(count))
        return np.array([self.pair() for _ in range(count)], dtype=float).reshape(-1, 2)

    def pair(self) -> tuple[float, float]:
        """The next line as x and y, finite numbers."""
        line = self.take()
        try:
            x, y = (float(part) for part in line.split(",")[:2])
        except ValueError:
            return self.fail("coordinates", line)
        return (x, y) if np.isfinite(x) and np.isfinite(y) else self.fail("coordinates", line)

    def fail(self, what: str, text: str = "") -> NoReturn:
        """Refuse the file; what: code of the reason."""
        raise InputError(f"delivery.vct_{what}", file=self._name, line=self.number, text=text[:60])

    def _read(self, path: Path) -> Iterator[str]:
        in_comment = False
        with path.open(encoding=self._encoding(path)) as stream:
            for self.number, line in enumerate(stream, 1):
                if self.number % _CHECK_EVERY == 0:
                    self._feedback.check()
                word = line.strip()
                if word.lower() == "commentbegin":
                    in_comment = True
                elif word.lower() == "commentend":
                    in_comment = False
                elif word and not in_comment:
                    yield word

    def _encoding(self, path: Path) -> str:
        for encoding in _ENCODINGS:
            try:
                with path.open(encoding=encoding) as stream:
                    while stream.read(1 << 20):
                        self._feedback.check()
                return encoding
            except UnicodeDecodeError:
                continue
        raise InputError("delivery.vct_encoding", file=self._name)
