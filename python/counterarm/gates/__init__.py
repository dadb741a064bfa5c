"""Quality gates: suites of expectations that stop the build, run on DuckDB."""

from counterarm.gates.folder import gates_folder
from counterarm.gates.gate import COLUMNS, GateFailed, run_gate
from counterarm.gates.suites import Expectation, Suite, SuiteError, read_suites

__all__ = [
    "COLUMNS",
    "Expectation",
    "GateFailed",
    "Suite",
    "SuiteError",
    "gates_folder",
    "read_suites",
    "run_gate",
]
