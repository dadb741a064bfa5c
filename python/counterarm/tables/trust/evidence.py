"""What the tables hold about one main analysis, for its verdict."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from counterarm.ratios import exp
from counterarm.tables.trust.ascertainment import RECORDING_ONES
from counterarm.trust.ascertainment import Reading, reading
from counterarm.trust.verdict import rules_disagree, valid_rule

# Days past the last visit of the O/E ratio that the reading rests on.
READING_WINDOW = 182


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
        return exp(self.coef)

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
        return not any(map(math.isnan, (self.coef, *self.interval)))

    @property
    def holds_1(self) -> bool:
        """Whether the interval holds 1."""
        return self.ci_low <= 1 <= self.ci_high


@dataclass(frozen=True)
class Evidence:
    """One main analysis: its estimates under each rule, and rows of other tables.

    `main` is the published estimate, and `note` gives the reason it is not known;
    `variance` and `estimand` are those of its row. `corrected` has the estimates of the
    analyses based on it that correct the follow-up, in the order of
    `results.follow_up_estimates`, and `checked` is the one of `checked_id` that later
    checks rest on. `has_recording_source` tells whether a pseudo-trial or registry that
    its own controls come from records deaths. `tables` holds the rows of all analyses.
    """

    analysis_id: str
    model_id: str
    note: str
    variance: str
    estimand: str
    main: Estimate
    corrected: tuple[Estimate, ...]
    checked: Estimate
    checked_id: str
    has_recording_source: bool
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
        """O/E of deaths after the last visit, of controls of sources that record.

        NaN where unknown.
        """
        return self.value(
            "ascertainment",
            "value",
            arm="control",
            pseudo_trial_id=RECORDING_ONES,
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
            self.has_recording_source,
            self.observed_over_expected,
            [each.interval for each in self.corrected],
        )


def number(value: object) -> float:
    """Return a value of a table as a float, NaN for null."""
    return math.nan if pd.isna(value) else float(value)  # type: ignore[arg-type]


def evidence_of(tables: Mapping[str, pd.DataFrame]) -> list[Evidence]:
    """Collect the evidence about every delivered main analysis, sorted by id.

    `tables` maps the names of `follow_up_estimates`, `ascertainment` and of the tables
    that the challenges read to their rows.
    """
    sources = tables["ascertainment"]
    # of the controls of each analysis: a delivery may have other sources beside them
    recording = sources[
        (sources["arm"] == "control") & (sources["pseudo_trial_id"] == RECORDING_ONES)
    ]
    with_recording = set(recording["analysis_id"])
    found = []
    for analysis_id, rows in tables["follow_up_estimates"].groupby("analysis_id"):
        ordered = rows.sort_values("position")
        main = ordered[ordered["rule_analysis_id"] == analysis_id]
        checked = ordered[ordered["is_checked"].astype(bool)]
        corrected = ordered[ordered["is_corrected"].astype(bool)]
        note, model_id = main["note"].iloc[0], main["model_id"].iloc[0]
        found.append(
            Evidence(
                analysis_id=str(analysis_id),
                model_id="" if pd.isna(model_id) else str(model_id),
                note="there is no estimate" if pd.isna(note) else str(note),
                variance=text(main["variance"].iloc[0]),
                estimand=text(main["estimand"].iloc[0]),
                main=first_estimate(main),
                corrected=tuple(
                    first_estimate(corrected.iloc[[i]]) for i in range(len(corrected))
                ),
                checked=first_estimate(checked),
                checked_id=str(checked["rule_analysis_id"].iloc[0]),
                has_recording_source=analysis_id in with_recording,
                tables=tables,
            )
        )
    return found


def text(value: object) -> str:
    """Return a text, "" for null."""
    return "" if pd.isna(value) else str(value)


def first_estimate(rows: pd.DataFrame) -> Estimate:
    """Return the estimate of the first row, unknown where there is none.

    Its rule is the row's, "" in a table without rules.
    """
    if not len(rows):
        return Estimate("", math.nan, math.nan, math.nan)
    row = rows.iloc[0]
    numbers = (number(row[name]) for name in ("coef", "ci_low", "ci_high"))
    return Estimate(str(row.get("follow_up_rule", "")), *numbers)
