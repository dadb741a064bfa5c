"""The command line: make or check a delivery, build, and look at the result."""

import click

from counterarm import __version__
from counterarm.cli.analyses import analyses
from counterarm.cli.asking import describe, query, subject, summary
from counterarm.cli.assuring import assure
from counterarm.cli.building import build
from counterarm.cli.comparing import diff
from counterarm.cli.completion import completion
from counterarm.cli.deliveries import check, demo, manifest, map_site, template
from counterarm.cli.exporting import export
from counterarm.cli.projects import init
from counterarm.cli.reporting import report
from counterarm.cli.stopping import Commands

EPILOG = """
\b
Settings, each an environment variable:
  COUNTERARM_PROACT_DIR  folder of PRO-ACT CSVs           (demo/proact)
  COUNTERARM_SITES_DIR   folder with one folder per site  (demo/sites)
  COUNTERARM_WAREHOUSE   DuckDB file that readers open    (warehouse/counterarm.duckdb)
  COUNTERARM_REPORT_DIR  folder for the report           (reports)
  COUNTERARM_GATES_DIR   folder for gate pages, which name patients  (gates)
  COUNTERARM_GATES_KEPT  runs whose gate pages are kept  (20)
  COUNTERARM_UMASK       permissions removed from written files: 027 lets the group
                         read it                         (077)
  COUNTERARM_REFERENCE_DATE  last date that is accepted
                         (that of the last build of these files, else today)

\b
Examples:
  counterarm init my_trial && cd my_trial && counterarm build
  counterarm check --strict
  counterarm subject HYU-0122 --analysis ONE
  counterarm query "from results.analysis_summary" --format csv

\b
Exit codes:
  0    done
  1    refused or failed, with a message that gives the reason; diff: something differs;
       check --strict: warnings; build: something in it failed
  2    wrong usage; check: the delivery failed; build: dbt could not run
  130  interrupted, 143 terminated; the published warehouse is unchanged
"""


@click.group(
    cls=Commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__)
def main() -> None:
    """External control arms for ALS trials, from raw files to hazard ratios."""


def with_examples(command: click.Command) -> click.Command:
    """Keep the lines of examples apart: raw docstrings spell click's mark for it."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    for inner in getattr(command, "commands", {}).values():
        with_examples(inner)
    return command


for command in (
    analyses,
    assure,
    build,
    check,
    completion,
    demo,
    describe,
    diff,
    export,
    init,
    manifest,
    map_site,
    query,
    report,
    subject,
    summary,
    template,
):
    main.add_command(with_examples(command))
