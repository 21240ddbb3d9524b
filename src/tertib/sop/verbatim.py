"""Whether the SOP's text is the source's, word for word."""

import re
from difflib import SequenceMatcher
from itertools import zip_longest

from tertib.sop.faults import N_, Found, Place

# Looking for the closest line takes a while, so it is done for so many lines only, in all.
MOST_COMPARED = 300
LONGEST_COMPARED = 500  # characters
MOST_PLACES = 1000  # where a text stands in the source


class Source:
    """The source text as lines without bullets. None: there is none to compare with."""

    def __init__(self, text: str | None, found: Found) -> None:
        self.found, self.is_there, text = found, text is not None, text or ""
        self.lines = [words for line in text.splitlines() if (words := _words(_bare(line)))]
        self.whole = "\n".join(self.lines)
        self.compared = 0

    def check(self, place: Place, text: str) -> None:
        """Add a fault unless the text is a line of the source, or whole sentences of one."""
        words = _words(text)
        if not self.is_there or self._holds(words):
            return
        closest = self._closest(words)
        if not closest:
            self.found.add(
                place,
                N_("This text does not stand in the source."),
                N_("Copy it from there, word for word."),
            )
            return
        wrong, right = next(
            (one or "…", other or "…")
            for one, other in zip_longest(words.split(" "), closest.split(" "))
            if one != other
        )
        self.found.add(
            place,
            N_("This text is not the source's: “%(wrong)s” stands there as “%(right)s”."),
            N_("The source says: “%(line)s”"),
            wrong=wrong,
            right=right,
            line=closest,
        )

    def _holds(self, words: str) -> bool:
        begin = self.whole.find(words)
        for _place in range(MOST_PLACES):
            if begin < 0:
                return False
            end = begin + len(words)
            before, after = self.whole[max(begin - 2, 0) : begin], self.whole[end : end + 1]
            begins = not before or before[-1] == "\n" or re.fullmatch(r"[.:?!] ", before)
            if begins and (after in ("", "\n") or (after == " " and words[-1] in ".:?!")):
                return True
            begin = self.whole.find(words, begin + 1)
        return False

    def _closest(self, words: str) -> str | None:
        if len(words) > LONGEST_COMPARED:
            return None
        matcher, best, closest = SequenceMatcher(autojunk=False), 0.6, None
        matcher.set_seq2(words)
        for line in self.lines[:MOST_COMPARED]:
            matcher.set_seq1(line[:LONGEST_COMPARED])
            if self.compared >= MOST_COMPARED:
                break
            if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
                self.compared += 1
                if (ratio := matcher.ratio()) > best:
                    best, closest = ratio, line
        return closest


def _bare(line: str) -> str:
    return re.sub(r"^\s*[·•*-]\s+", "", line)


def _words(text: str) -> str:
    return " ".join(text.split())
