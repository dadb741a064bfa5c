"""A signal ends what runs below a command, and clears away patients' rows."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import duckdb
import pytest
from dbt_project import settings

from counterarm.dbt_connection import lock_file, remove_copies

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
LONGEST = 10
# It ignores what it can, and so does its child.
STUBBORN = """
import os, signal, sys, time
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_IGN)
child = os.fork()
if child == 0:
    time.sleep(120)
print(os.getpid(), child, flush=True)
time.sleep(120)
"""
COMMAND = """
import signal, subprocess, sys, tempfile
from pathlib import Path
import click
from counterarm.child import running
from counterarm.cli.stopping import Commands

# a test that runs in the background inherits that these are ignored
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

@click.group(cls=Commands)
def main(): ...

@main.command()
def start():
    with tempfile.TemporaryDirectory(dir=sys.argv[2]) as folder:
        (Path(folder) / "copy.csv").touch()
        with running([sys.executable, "-c", sys.argv[3]]) as process:
            process.wait()

main(["start"])
"""
QUERY = """
import signal
from counterarm.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until(condition, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def started(tmp_path: Path) -> tuple[subprocess.Popen, list[int]]:
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "start", str(tmp_path), STUBBORN],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    return process, [int(word) for word in process.stdout.readline().split()]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_ends_all_below_and_removes_the_temporary_folder(tmp_path, name):
    process, below = started(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    begin = time.monotonic()
    process.send_signal(getattr(signal, name))
    _, printed = process.communicate(timeout=30)
    assert time.monotonic() - begin < LONGEST
    assert process.returncode == 128 + getattr(signal, name)
    assert "Traceback" not in printed
    assert wait_until(lambda: not any(map(is_alive, below)), 2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_ends_a_query_that_takes_long(tmp_path, name):
    warehouse = tmp_path / "w.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema seeds")
        connection.execute("create table seeds.arms as select 1 as n")
        connection.execute("create table n as select i from range(200000) as r (i)")
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", QUERY, "query"),
            "select sum(sin(a.i * b.i)) from n as a, n as b",
        ],
        env=os.environ | {"COUNTERARM_WAREHOUSE": str(warehouse)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    def computes() -> bool:
        """Tell whether it has run for longer than it takes to start."""
        used = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK") > 3

    assert wait_until(computes, 60)
    process.send_signal(getattr(signal, name))
    printed, _ = process.communicate(timeout=LONGEST)
    assert process.returncode == 128 + getattr(signal, name)
    assert "Traceback" not in printed


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_what_runs_below_ends_also_when_the_command_is_killed(tmp_path):
    process, (child, grandchild) = started(tmp_path)
    process.kill()
    process.wait(timeout=30)
    ended = wait_until(lambda: not is_alive(child), 5)
    # what dbt starts is started as dbt is; this one is not
    os.kill(grandchild, signal.SIGKILL)
    process.communicate(timeout=30)
    assert ended


def test_who_ignores_a_signal_goes_on_ignoring_it(tmp_path):
    """As under nohup."""
    ignoring = """
        import signal, os, click
        from counterarm.cli.stopping import Commands
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        @click.group(cls=Commands)
        def main(): ...
        @main.command()
        def start():
            os.kill(os.getpid(), signal.SIGHUP)
            click.echo("still here")
        main(["start"])
    """
    command = [sys.executable, "-c", textwrap.dedent(ignoring)]
    printed = subprocess.run(command, capture_output=True, text=True)
    assert (printed.returncode, printed.stdout) == (0, "still here\n")


HOLDER = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
from counterarm.dbt_connection import Plugin
plugin = Plugin("counterarm", {}, None)
# twice, as dbt does where it opens the file again
for _ in range(2):
    plugin.update_connection_config(SimpleNamespace(path=sys.argv[1]), {})
print("has it", flush=True)
time.sleep(float(sys.argv[2]))
"""


def holder(build_file: Path, seconds: float) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(build_file), str(seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_second_build_waits_says_so_and_goes_on(tmp_path):
    file = tmp_path / "w_build.duckdb"
    first = holder(file, 60)
    assert first.stdout.readline() == "has it\n"
    second = holder(file, 0)
    printed = second.stderr.readline()
    assert f"process {first.pid}" in printed
    assert str(file) in printed
    assert second.poll() is None
    first.kill()  # the lock of a dead process blocks nobody
    first.communicate()
    assert second.communicate(timeout=30)[0] == "has it\n"
    assert second.returncode == 0


def test_copies_are_removed_unless_another_build_uses_them(tmp_path):
    file = tmp_path / "w_build.duckdb"
    copies = [tmp_path / "w_build_copies", tmp_path / "w_build.duckdb.tmp"]
    for folder in copies:
        folder.mkdir()
        (folder / "patients").touch()
    other = holder(file, 60)
    assert other.stdout.readline() == "has it\n"
    remove_copies(file)
    assert all(folder.exists() for folder in copies)
    other.kill()
    other.communicate()
    remove_copies(file)
    assert not any(folder.exists() for folder in copies)


def test_what_the_command_line_writes_is_for_its_user_only(run, tmp_path):
    assert run("demo", "made", "--subjects", "300", "--quiet").exit_code == 0
    modes = {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes == {0o600, 0o700}
    shared = run("demo", "more", "--subjects", "300", COUNTERARM_UMASK="022")
    assert shared.exit_code == 0
    assert (tmp_path / "more" / "truth.json").stat().st_mode & 0o777 == 0o644
    for wrong in ("9", "x", "777", "0o1000"):
        refused = run("summary", COUNTERARM_UMASK=wrong)
        assert refused.exit_code == 1
        assert f"COUNTERARM_UMASK={wrong}" in refused.output


@pytest.mark.build
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_terminated_build_ends_dbt_and_leaves_no_copies(demo_delivery, tmp_path):
    warehouse = tmp_path / "w.duckdb"
    build_file = tmp_path / "w_build.duckdb"
    copies = tmp_path / "w_build_copies"
    environment = settings(demo_delivery, warehouse, tmp_path / "reports") | {
        "DBT_TARGET_PATH": str(tmp_path / "target"),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
    }
    command = [Path(sys.executable).with_name("counterarm"), "build", "--quiet"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    assert wait_until(lambda: build_file.exists(), 300)
    dbt = int(lock_file(build_file).read_text())
    copies.mkdir(exist_ok=True)
    (copies / "hanyang__visits.csv").touch()
    begin = time.monotonic()
    process.terminate()
    _, printed = process.communicate(timeout=60)
    assert time.monotonic() - begin < LONGEST
    assert process.returncode == 128 + signal.SIGTERM
    assert b"the published warehouse is unchanged" in printed
    assert not is_alive(dbt)
    assert not copies.exists()
    assert not warehouse.exists()
    modes = {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*")}
    assert modes == {0}
