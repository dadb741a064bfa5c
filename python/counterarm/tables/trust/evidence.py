"""What the tables hold about one main analysis, for its verdict."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from counterarm.tables.trust.main_model import main_models, questioned_estimates
from counterarm.trust.ascertainment import Reading, reading
from counterarm.trust.verdict import rules_disagree, valid_rule

AS_RECORDED = "as_recorded"
# It is the best case for the controls, one end of the bounds, and no correction.
BEST_CASE = "alive_to_last_death"
# Days past the last visit of the O/E ratio that the reading rests on.
READING_WINDOW = 182
RECORDING = ("yes", "full")


@dataclass(frozen=True)
class Estimate:
    """A log hazard ratio with the 95% limits of the hazard ratio; NaN where unknown."""

    rule: str
    coef: float
    ci_low: float
    ci_high: float

    @property
    def ratio(self) -> float:
        """The hazard ratio."""
        return math.exp(self.coef)

    @property
    def limit(self) -> float:
        """The limit nearer to 1, or beyond it, on the side of the estimate."""
        return self.ci_high if self.coef < 0 else self.ci_low

    @property
    def interval(self) -> tuple[float, float]:
        """The limits of the hazard ratio."""
        return self.ci_low, self.ci_high

    @property
    def is_known(self) -> bool:
        """Whether there is an estimate with its interval."""
        return not math.isnan(self.coef) and not math.isnan(self.limit)

    @property
    def holds_1(self) -> bool:
        """Whether the interval holds 1."""
        return self.ci_low <= 1 <= self.ci_high


@dataclass(frozen=True)
class Evidence:
    """One main analysis: its estimates under each rule, and rows of other tables.

    `main` is the published estimate. `corrected` has the estimates of the analyses
    based on it that vary the follow-up rule, in the order of the protocol, without
    `BEST_CASE`. `tables` holds the rows of every table about the main analysis, or
    about `checked_id`, the analysis of the first corrected rule with an estimate, or
    the main analysis where there is none.
    """

    analysis_id: str
    model_id: str
    note: str
    main: Estimate
    corrected: tuple[Estimate, ...]
    checked: Estimate
    checked_id: str
    n_recording_trials: int
    tables: Mapping[str, pd.DataFrame]

    def rows(self, table: str, *, checked: bool = False) -> pd.DataFrame:
        """Return the rows of the main analysis, or of the first corrected one."""
        frame = self.tables[table]
        wanted = self.checked_id if checked else self.analysis_id
        return frame[frame["analysis_id"] == wanted]

    def value(
        self, table: str, column: str, *, checked: bool = False, **where
    ) -> float:
        """Return the one number of a column where other columns have these values.

        NaN where no row matches or the number is null; the first row of several.
        """
        rows = self.rows(table, checked=checked)
        for name, wanted in where.items():
            rows = rows[rows[name] == wanted]
        return number(rows[column].iloc[0]) if len(rows) else math.nan

    @property
    def observed_over_expected(self) -> float:
        """O/E of deaths after the last visit, of controls of recording pseudo-trials.

        NaN where unknown.
        """
        return self.value(
            "ascertainment",
            "value",
            arm="control",
            pseudo_trial_id="recording",
            measure="observed_over_expected",
            window_days=READING_WINDOW,
        )

    @property
    def disagree(self) -> bool:
        """Whether intervals under the corrected rules lie differently about 1."""
        return rules_disagree(each.interval for each in self.corrected)

    @property
    def reading(self) -> Reading:
        """Which follow-up rules the O/E ratio leaves to be trusted."""
        return reading(self.observed_over_expected, rules_disagree=self.disagree)

    @property
    def has_valid_rule(self) -> bool:
        """Whether any follow-up rule can be trusted."""
        return valid_rule(
            self.n_recording_trials,
            self.observed_over_expected,
            [each.interval for each in self.corrected],
        )


def number(value: object) -> float:
    """Return a value of a table as a float, NaN for null."""
    return math.nan if pd.isna(value) else float(value)  # type: ignore[arg-type]


def evidence_of(tables: Mapping[str, pd.DataFrame]) -> list[Evidence]:
    """Collect the evidence about every delivered main analysis, sorted by id.

    `tables` maps the names of `analysis_summary`, `analysis_follow_up`, `cox`,
    `model_plans`, `pseudo_trials` and of the tables that the challenges read to their
    rows. A main analysis is based on no other.
    """
    summary = tables["analysis_summary"]
    main = summary[summary["based_on"].isna() & summary["is_delivered"].astype(bool)]
    estimates = questioned_estimates(tables["cox"], tables["model_plans"])
    trials = tables["pseudo_trials"]
    recording = trials[trials["deaths_recorded"].isin(RECORDING)]
    n_recording = int(recording["pseudo_trial_id"].nunique())
    models = main_models(tables["analysis_models"], tables["analysis_model_terms"])
    model_of = models.set_index("analysis_id")["model_id"]
    return [
        _of_analysis(analysis_id, model_of[analysis_id], tables, estimates, n_recording)
        for analysis_id in sorted(set(main["analysis_id"]) & set(model_of.index))
    ]


def _of_analysis(
    analysis_id: str,
    model_id: str,
    tables: Mapping[str, pd.DataFrame],
    estimates: pd.DataFrame,
    n_recording: int,
) -> Evidence:
    of_model = estimates[estimates["model_id"] == model_id]
    published = of_model[of_model["analysis_id"] == analysis_id]
    rule_of = tables["analysis_follow_up"].set_index("analysis_id")["follow_up_rule"]
    main = _estimate(published, str(rule_of.get(analysis_id, AS_RECORDED)))
    note = ""
    if not main.is_known:
        notes = published["note"].dropna() if len(published) else pd.Series(dtype=str)
        note = str(notes.iloc[0]) if len(notes) else "there is no estimate"
    found = [
        (sibling, _estimate(of_model[of_model["analysis_id"] == sibling], rule))
        for sibling, rule in _corrected(analysis_id, tables)
    ]
    known = [(sibling, each) for sibling, each in found if each.is_known]
    checked_id, checked = known[0] if known else (analysis_id, main)
    return Evidence(
        analysis_id=analysis_id,
        model_id=model_id,
        note=note,
        main=main,
        corrected=tuple(each for _, each in found),
        checked=checked,
        checked_id=checked_id,
        n_recording_trials=n_recording,
        tables=tables,
    )


def _corrected(
    analysis_id: str, tables: Mapping[str, pd.DataFrame]
) -> list[tuple[str, str]]:
    """Return id and rule of the analyses that correct the follow-up of a main one.

    In this order: windows, then the other rules, each by its days: the shortest window
    that the protocol has is the correction that later checks rest on.
    """
    summary = tables["analysis_summary"]
    based = set(summary.loc[summary["based_on"] == analysis_id, "analysis_id"])
    follow_up = tables["analysis_follow_up"]
    rows = follow_up[
        follow_up["analysis_id"].isin(based)
        & ~follow_up["follow_up_rule"].isin([AS_RECORDED, BEST_CASE])
    ]
    ordered = rows.assign(
        not_window=rows["rule"] != "window", length=rows["days"].fillna(0)
    ).sort_values(["not_window", "rule", "length"], kind="stable")
    return list(zip(ordered["analysis_id"], ordered["follow_up_rule"], strict=True))


def _estimate(rows: pd.DataFrame, rule: str) -> Estimate:
    if not len(rows):
        return Estimate(rule, math.nan, math.nan, math.nan)
    row = rows.iloc[0]
    return Estimate(
        rule, number(row["coef"]), number(row["ci_low"]), number(row["ci_high"])
    )
