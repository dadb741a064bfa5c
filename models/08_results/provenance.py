"""One row per thing that the results rest on: files, protocol, software."""

from counterarm.warehouse.provenance import git_commit, list_provenance


def model(dbt, session):
    return list_provenance(
        files=dbt.ref("row_accounting").df(),
        protocol=dbt.ref("protocol_checks").df(),
        nature=dbt.ref("delivery_nature").df(),
        commit=git_commit(),
        reference_day=dbt.ref("reference_day").df(),
    )
