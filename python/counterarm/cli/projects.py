"""The command that creates a project folder."""

from pathlib import Path

import click

from counterarm.cli.settings import quiet, refusals
from counterarm.project import (
    Project,
    ProjectError,
    init_project,
    is_project,
    open_project,
)


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@quiet
def init(directory: Path, quiet: bool) -> None:
    r"""Make a project in DIRECTORY, for your own protocol and sites.

    The models, seeds and expectations come with the package; `seeds/` of the project
    takes the rows that you add to them. `check`, `map`, `analyses`, `build` and
    `report` then run in DIRECTORY.

    \b
    counterarm init my_trial && cd my_trial && counterarm build
    """
    with refusals(ProjectError):
        written = init_project(directory)
    if not quiet:
        click.echo(
            f"{directory}: {len(written)} files; README.md describes the next steps"
        )


def has_project() -> bool:
    """Tell whether the current folder holds a project."""
    return is_project(Path())


def project_here() -> Project:
    """Return the project in the current folder, assembled, or end in a sentence."""
    with refusals(ProjectError):
        return open_project()
