"""End a command on a signal as on an error: its temporary files are removed first."""

import os
import signal
import sys
import threading
from types import FrameType

import click

from counterarm.private import UmaskError, keep_private
from counterarm.warehouse.query import stop_queries

SIGNALS = [
    getattr(signal, name)
    for name in ("SIGTERM", "SIGHUP", "SIGINT")
    if hasattr(signal, name)
]
INTERRUPTED = 128 + signal.SIGINT


class Commands(click.Group):
    """Commands that end with 128 and the signal's number, and write private files.

    The first signal leaves every block of the command in order, so that dbt ends and
    copies of patients' rows are removed; the next ones do nothing.
    """

    def invoke(self, context: click.Context) -> object:
        """Run a command until it ends or a signal arrives."""
        try:
            umask = keep_private()
        except UmaskError as error:
            raise click.ClickException(str(error)) from None
        arrived: list[int] = []

        def stop(number: int, _: FrameType | None) -> None:
            for other in before:
                signal.signal(other, signal.SIG_IGN)
            arrived.append(number)
            stop_queries()
            if number == signal.SIGINT:
                raise KeyboardInterrupt
            raise SystemExit(128 + number)

        before = {}
        if threading.current_thread() is threading.main_thread():
            # who ignores a signal, as nohup does, goes on ignoring it
            before = {
                number: signal.signal(number, stop)
                for number in SIGNALS
                if signal.getsignal(number)
                in (signal.SIG_DFL, signal.default_int_handler)
            }
        try:
            return super().invoke(context)
        except (Exception, KeyboardInterrupt) as error:
            # DuckDB says "interrupted" in an error where a signal stops its query
            if not arrived and not isinstance(error, KeyboardInterrupt):
                raise
            number = arrived[0] if arrived else signal.SIGINT
            if number == signal.SIGINT:
                click.echo("interrupted", err=True)
            sys.exit(128 + number)
        finally:
            os.umask(umask)
            for number, handler in before.items():
                signal.signal(number, handler)
