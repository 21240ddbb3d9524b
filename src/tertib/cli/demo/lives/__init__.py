"""What the people of the demonstration do, each through the action that its page uses."""

from collections.abc import Iterator

from tertib.cli.demo.lives.cast import Act, Cast
from tertib.cli.demo.lives.governing import governing
from tertib.cli.demo.lives.staffing import staffing
from tertib.cli.demo.lives.working import working

__all__ = ["Act", "Cast", "everything"]


def everything(cast: Cast) -> Iterator[Act]:
    """Yield what they do in the year, in any order."""
    for part in (staffing, governing, working):
        for act in part(cast):
            if cast.first < act.at <= cast.last:
                yield act
