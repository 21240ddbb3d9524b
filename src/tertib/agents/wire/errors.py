class BadReport(Exception):
    """What an agent sent cannot be taken. The place is a path into it, never its content."""

    def __init__(self, why: str, place: str = "", *, status: int = 400) -> None:
        super().__init__(f"{place}: {why}" if place else why)
        self.status = status
