"""How far the job is that this process runs: a task tells it, the heartbeat writes it down.

So a task may tell it as often as it likes, also inside a transaction, and outside a worker it
costs nothing and changes nothing.
"""

_told: tuple[int, int] | None = None


def tell(done: int, total: int) -> None:
    """Say that so many of so many are done."""
    global _told
    _told = (max(min(done, total), 0), max(total, 0))


def told() -> tuple[int, int] | tuple[None, None]:
    return _told or (None, None)


def forget() -> None:
    """A new job begins."""
    global _told
    _told = None
