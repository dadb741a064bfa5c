"""End a command by a signal as if by an error: what it made is cleared away first."""

import os
import signal
import sys
import threading
from types import FrameType

import click

from counterarm.private import UmaskError, keep_private

SIGNALS = [
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
]
INTERRUPTED = 128 + signal.SIGINT


class Commands(click.Group):
    """Commands that end with 128 and the signal's number, and write private files.

    The first signal leaves every block of the command in order, so that dbt ends and
    copies of patients' rows are removed; the next ones do nothing.
    """

    def invoke(self, context: click.Context) -> object:
        """Run a command until it ends or a signal arrives."""
        arrived = []

        def stop(number: int, _: FrameType | None) -> None:
            for other in SIGNALS:
                signal.signal(other, signal.SIG_IGN)
            arrived.append(number)
            raise SystemExit(128 + number)

        before = {}
        if threading.current_thread() is threading.main_thread():
            # who ignores a signal, as nohup does, goes on ignoring it
            before = {
                number: signal.signal(number, stop)
                for number in SIGNALS
                if signal.getsignal(number) is signal.SIG_DFL
            }
        try:
            umask = keep_private()
        except UmaskError as error:
            raise click.ClickException(str(error)) from None
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            sys.exit(INTERRUPTED)
        except Exception:
            # DuckDB says "interrupted" in an error where a signal stops its query
            if arrived:
                sys.exit(128 + arrived[0])
            raise
        finally:
            os.umask(umask)
            for number, handler in before.items():
                signal.signal(number, handler)
