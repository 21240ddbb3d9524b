"""The only code of this room that writes. Escalation is written here and nowhere else."""

from tertib.work.actions.items import (
    assign,
    close_item,
    finish,
    give_back,
    lend,
    open_task,
    remind,
    snooze,
    take,
)
from tertib.work.actions.ladder import escalate
from tertib.work.actions.lapses import Lapse, Mended, close_lines, open_lines
from tertib.work.actions.matters import (
    Matter,
    close_matter,
    end_ahead,
    look_ahead,
    open_matter,
)
from tertib.work.actions.talking import attach, comment, sign_correction
from tertib.work.actions.views import forget_view, issue_feed, keep_view, revoke_feed

__all__ = [
    "Lapse",
    "Matter",
    "Mended",
    "assign",
    "attach",
    "close_item",
    "close_lines",
    "close_matter",
    "comment",
    "end_ahead",
    "escalate",
    "finish",
    "forget_view",
    "give_back",
    "issue_feed",
    "keep_view",
    "lend",
    "look_ahead",
    "open_lines",
    "open_matter",
    "open_task",
    "remind",
    "revoke_feed",
    "sign_correction",
    "snooze",
    "take",
]
