"""How the threads of one interpreter share it: dbt runs two nodes at a time in one."""

import os
import sys

TURN_SECONDS = 0.0002


def take_short_turns() -> None:
    """Let a thread that waits for the interpreter have it within 0.2 milliseconds.

    A call of DuckDB or NumPy gives the interpreter up and wants it back when it ends.
    With Python's 5 milliseconds each of thousands of short calls waits that long while
    the other node computes: `dbt build` of the full-size demo took 217 seconds, and 172
    with short turns, side by side.
    """
    sys.setswitchinterval(TURN_SECONDS)


def one_thread_per_product() -> None:
    """Let NumPy compute each matrix product in the thread that asks for it.

    Called before NumPy is imported. The matrices of a build are small, and dbt keeps
    two processors busy with two nodes: a product divided between more threads waits for
    them. Imputations took twice the processor time. A choice of the user's is kept.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
