"""tertib worker: run what is to be done. tertib jobs: look at it."""

import argparse
import sys

from django.utils import timezone
from django.utils.translation import gettext as _

from tertib.jobs import actions, processes
from tertib.jobs.models import LANES, Job
from tertib.lib.errors import Refused

SHOWN = 50


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    worker = subparsers.add_parser("worker", help=_("run the jobs until told to stop"))
    worker.add_argument("--data", help=argparse.SUPPRESS)
    worker.add_argument("--lane", action="append", choices=LANES, help=_("only this lane"))
    worker.set_defaults(run=run_worker)
    jobs = subparsers.add_parser("jobs", help=_("what runs, waits and has failed"))
    verbs = jobs.add_subparsers(required=True)
    listed = verbs.add_parser("list", help=_("the newest jobs"))
    listed.add_argument("--data", help=argparse.SUPPRESS)
    listed.add_argument("--status", choices=Job.Status.values)
    listed.set_defaults(run=list_jobs)
    again = verbs.add_parser("retry", help=_("start a failed job over"))
    again.add_argument("--data", help=argparse.SUPPRESS)
    again.add_argument("id")
    again.set_defaults(run=retry)


def run_worker(args: argparse.Namespace) -> int:
    return processes.run(args.lane or LANES)


def list_jobs(args: argparse.Namespace) -> int:
    jobs = Job.objects.filter(status=args.status) if args.status else Job.objects.all()
    for job in jobs.order_by("-enqueued_at")[:SHOWN]:
        lines = job.errors[-1]["traceback"].strip().splitlines() if job.errors else [""]
        what = f"{job.id[:8]}  {job.status:<7}  {job.lane:<5}  {job.run_at:%Y-%m-%d %H:%M:%S}"
        sys.stdout.write(f"{what}  attempt {job.attempts}  {job.task}  {lines[-1]}".rstrip() + "\n")
    return 0


def retry(args: argparse.Namespace) -> int:
    found = list(Job.objects.filter(pk__startswith=args.id)[:2])
    if len(found) != 1 or not actions.retry(found[0], now=timezone.now()):
        raise Refused(_("There is no failed job %(id)s.") % {"id": args.id})
    return 0
