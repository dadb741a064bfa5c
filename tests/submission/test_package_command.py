"""`counterarm export --package`: options that go together, and a demo's package."""

import pytest
from click.testing import CliRunner

from counterarm.cli import main

DEMO = ("dm.xpt", "ae.xpt", "qs.xpt", "define.xml", "define.html")


def export(*arguments: str, **env: str):
    return CliRunner().invoke(main, ["export", *arguments], env=env)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--package", "--schema", "sdtm"], "cannot be combined"),
        (["--schema", "sdtm", "--study", "PROACT"], "--study requires --package"),
        (["--package", "--format", "csv"], "not csv"),
        (["--schema", "sdtm", "--format", "dataset-json"], "not dataset-json"),
        ([], "--analysis, --schema or --package"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(tmp_path, arguments, why):
    refused = export(str(tmp_path / "out"), *arguments)
    assert refused.exit_code == 2
    assert why in " ".join(refused.output.split())
    assert not (tmp_path / "out").exists()


@pytest.mark.build
def test_the_package_of_a_site_of_the_demo_is_written_whole(demo_build, tmp_path):
    written = export(
        *(str(tmp_path), "--package", "--study", "OLSZTYN"),
        COUNTERARM_WAREHOUSE=str(demo_build.warehouse),
    )
    assert written.exit_code == 0, written.output
    sdtm = tmp_path / "OLSZTYN" / "sdtm"
    assert [name for name in DEMO if not (sdtm / name).is_file()] == []
    assert [path.name for path in tmp_path.iterdir()] == ["OLSZTYN"]
    n_subjects = demo_build.rows(
        "select count(*) as n from sdtm.dm where studyid = 'OLSZTYN'"
    )["n"][0]
    assert f"dm.xpt: {n_subjects} rows" in written.output
