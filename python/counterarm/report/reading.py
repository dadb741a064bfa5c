"""Read what a report needs from the published warehouse, once and read-only."""

from dataclasses import dataclass, field, replace

import pandas as pd

from counterarm.report.disclosure.groups import GROUP_REMAINDERS
from counterarm.report.variants import COMMON_ENDPOINT
from counterarm.warehouse.reader import Source, Warehouse, open_warehouse, ordered

# The schemas whose tables with an analysis are shown, and all that are looked into.
SHOWN = ("results", "analysis", "matching")
READ = (*SHOWN, "protocol", "seeds")
NEEDED = (
    "analysis_summary",
    "attrition_flow",
    "baseline_by_group",
    "covariate_balance",
    "design_in_words",
    "early_response_fit",
    "file_quality",
    "follow_up_estimates",
    "function_by_quarter",
    "function_course",
    "gate_findings",
    "hazard_ratios",
    "ledger",
    "provenance",
    "rejections",
    "reporting_record",
    "response_by_subgroup",
    "response_differences",
    "score_overlap",
    "survival_by_group",
    "survival_comparisons",
    "survival_steps",
    "verdict",
    "verdict_summary",
)
# Tables outside `results` that sections of their own show; what is chosen of them.
OWN = {
    "ascertainment": "analysis.ascertainment",
    "borrowed_estimates": "analysis.borrowed_estimates",
    "source_flow": "results.source_flow",
    "calibrated": "analysis.calibrated",
    "covariate_strength": "analysis.covariate_strength",
    "cumulative_incidence": "analysis.cumulative_incidence",
    "cumulative_incidence_tests": "analysis.cumulative_incidence_tests",
    "subdistribution": "analysis.subdistribution",
    "e_values": "analysis.e_values",
    "specifications": "analysis.specifications",
    "tipping_points": "analysis.tipping_points",
    "match_summary": "matching.match_summary",
    "time_contrasts": "analysis.time_contrasts",
    "function_change": "analysis.function_change",
    "function_verdict": "results.function_verdict",
    "mmrm": "analysis.mmrm",
    "function_slope_groups": "analysis.function_slope_groups",
    "function_model": "analysis.function_model",
    "function_decline_tests": "analysis.function_decline_tests",
    "response_course": "analysis.response_course",
    "response_logistic": "analysis.response_logistic",
    "response_discriminant": "analysis.response_discriminant",
    "pair_difference_table": "analysis.pair_difference_table",
    "power": "analysis.power",
    "safety_summary": "analysis.safety_summary",
    "safety_table": "analysis.safety_table",
    "print_checks": "results.print_checks",
    "analysis_subgroups": "protocol.analysis_subgroups",
    "dose_contrasts": "protocol.analysis_dose_contrasts",
    "survival_differences": "analysis.survival_differences",
    "extrapolation": "analysis.extrapolation",
    "extrapolation_curves": "analysis.extrapolation_curves",
    "extrapolation_differences": "analysis.extrapolation_differences",
    "subgroup_interactions": "analysis.subgroup_interactions",
    "subgroup_matches": "analysis.subgroup_matches",
    "verdict_summary": "results.verdict_summary",
    "variables": "seeds.variables",
    "response_persistence": "analysis.response_persistence",
}
# What is read of a table that is larger than what is drawn of it: the curves on one
# scale, over all follow-up, not within subgroups.
PARTS = {
    "survival_steps": f"""(
        select steps.*
        from results.survival_steps as steps
        inner join
            (
                select
                    analysis_id,
                    endpoint,
                    group_name,
                    min(case conf_type when 'log' then '' else conf_type end) as scale
                from results.survival_steps
                group by analysis_id, endpoint, group_name
            ) as chosen
            on
                steps.analysis_id = chosen.analysis_id
                and steps.endpoint = chosen.endpoint
                and steps.group_name = chosen.group_name
                and case steps.conf_type when 'log' then '' else steps.conf_type end
                = chosen.scale
        where
            not ends_with(steps.endpoint, '{COMMON_ENDPOINT}')
            and not ends_with(steps.group_name, ' treated')
            and not ends_with(steps.group_name, ' control')
    )""",
}
# Tables that the ones above already show, or that are steps on the way to them.
SHOWN_ELSEWHERE = {
    "adverse_event_rates",
    "additional_balance",
    "adverse_events",
    "balance",
    "baseline_table",
    "cox",
    "early_response",
    "estimates",
    "evidence_counts",
    "placebo_null_draws",
    "proportional_hazards",
    "publication",
    "response",
    "response_table",
    "survival_curves",
    "survival_summary",
    "survival_tests",
}


# Steps on the way to a result, known by the ends of their names.
STEPS: tuple[str, ...] = ("_counts", "_design", "_estimates", "_groups", "_members")
STEPS += ("_numbers", "_outcomes", "_plans", "_thresholds")


class NotReportableError(ValueError):
    """The warehouse lacks a table that the report is made of, or an analysis asked."""


@dataclass(frozen=True)
class Results:
    """The tables of a report, and what each table and column is, in words.

    `schemas` has the schema of each table by its name. `more` names the tables with an
    analysis that no figure is made for, `shared` those of schema results without one.
    `in_brief` are the analyses that vary another one of the page: the figures that
    hardly differ are drawn of that one only. Counts of fewer people than
    `suppress_below` are hidden in the tables; None hides nothing.
    """

    tables: dict[str, pd.DataFrame]
    more: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    comments: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)
    in_brief: frozenset[str] = frozenset()
    suppress_below: int | None = None
    schemas: dict[str, str] = field(default_factory=dict)

    def of(self, name: str, analysis_id: str | None = None) -> pd.DataFrame:
        """Return a table, of one analysis if named; empty where there is none."""
        frame = self.tables.get(name, pd.DataFrame())
        if analysis_id is None or frame.empty:
            return frame
        return frame[frame["analysis_id"] == analysis_id].reset_index(drop=True)

    def main_model(self, analysis_id: str) -> str | None:
        """Return the model of treatment alone whose hazard ratio is shown large."""
        rows = self.of("analysis_summary", analysis_id)
        name = rows["model_id"].iloc[0] if len(rows) else None
        return None if pd.isna(name) else str(name)

    def is_weighted(self, analysis_id: str) -> bool:
        """Tell whether subjects of an analysis count more or less than one."""
        row = self.of("analysis_summary", analysis_id).iloc[0]
        sizes = row["control_effective_size"], row["n_control_used"]
        known = pd.to_numeric(pd.Series(sizes, dtype=object), errors="coerce")
        return bool(known.notna().all() and abs(known[0] - known[1]) > 0.5)

    def with_tables(self, tables: dict[str, pd.DataFrame]) -> "Results":
        """Return the same with other tables in it."""
        return replace(self, tables=tables)


def read_results(source: Source) -> Results:
    """Read every table that a report shows from the published warehouse.

    A further table with a column analysis_id, in `results`, `analysis` or `matching`,
    is shown as it is, unless it has a row per subject: the report names nobody.

    Raises `NoWarehouseError` without a warehouse and `NotReportableError` naming the
    tables that an older build has not.
    """
    with open_warehouse(source) as warehouse:
        described = [c for c in warehouse.columns if c.schema in READ]
        names: dict[str, dict[str, list[str]]] = {}
        for column in described:
            of_schema = names.setdefault(column.schema, {})
            of_schema.setdefault(column.table, []).append(column.name)
        missing = sorted(set(NEEDED) - set(names.get("results", {})))
        if missing:
            raise NotReportableError(
                f"{source} has no results.{', results.'.join(missing)}: it was "
                "built by an older version; run `counterarm build`"
            )
        where = {name: "results" for name in NEEDED}
        for schema in SHOWN:
            for table, columns in names.get(schema, {}).items():
                has_analysis = schema == "results" or "analysis_id" in columns
                if has_analysis and _is_further(table, columns):
                    where.setdefault(table, schema)
        tables = {
            name: read_table(warehouse, PARTS.get(name, f"{schema}.{name}"))
            for name, schema in where.items()
        }
        further = sorted(set(where) - set(NEEDED))
        there = {f"{schema}.{table}" for schema in names for table in names[schema]}
        for name, own in OWN.items():
            if own in there:
                tables[name] = read_table(warehouse, own)
        if "analysis.group_members" in there:
            tables["group_remainders"] = read_table(warehouse, GROUP_REMAINDERS)
        comments = {
            table.name: table.description
            for table in warehouse.tables
            if table.schema in SHOWN and table.description is not None
        }
    if "response_persistence" in tables:
        # one row per pair in the warehouse: here only how many
        pairs = tables["response_persistence"]
        tables["response_persistence"] = persistence_counts(pairs)
    if "is_delivered" not in tables["analysis_summary"]:
        raise NotReportableError(
            f"{source} was built by an older version; run `counterarm build`"
        )
    return Results(
        tables,
        more=tuple(n for n in further if "analysis_id" in tables[n]),
        shared=tuple(n for n in further if "analysis_id" not in tables[n]),
        comments={name: comments.get(name, "") for name in where},
        columns={
            (c.table, c.name): c.meaning
            for c in described
            if where.get(c.table) == c.schema
        },
        schemas=where,
    )


def read_table(warehouse: Warehouse, source: str) -> pd.DataFrame:
    """Return the rows of a table, or of a query in brackets, in order."""
    is_query = source.startswith("(")
    rows = warehouse.sql(source[1:-1]) if is_query else warehouse.table(source)
    return warehouse.frame(ordered(rows))


def persistence_counts(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return how many pairs of an analysis keep their advantage, and medians of them.

    Columns: analysis_id, persistence, n_pairs, median_months_to_three,
    median_advantage_at_last_dose.
    """
    keys = ["analysis_id", "persistence"]
    measures = ["months_to_three", "advantage_at_last_dose"]
    by_kind = pairs.astype(dict.fromkeys(measures, float)).groupby(keys, dropna=False)
    medians = by_kind[measures].median().add_prefix("median_")
    return medians.assign(n_pairs=by_kind.size()).reset_index()[
        [*keys, "n_pairs", *medians.columns]
    ]


def _is_further(table: str, columns: list[str]) -> bool:
    names_subjects = (
        any("subjid" in column for column in columns) or "set_id" in columns
    )
    return (
        not names_subjects
        and "pair_id" not in columns
        and table not in SHOWN_ELSEWHERE
        and table not in OWN
        and not table.endswith(STEPS)
    )
