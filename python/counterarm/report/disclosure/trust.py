"""Hide small counts in the tables of how far a result is to be believed."""

from collections.abc import Mapping

import pandas as pd

from counterarm.report.disclosure.values import (
    HIDDEN,
    blank,
    hide_in_sum,
    is_small,
    objects,
)
from counterarm.tables.trust.challenges_of_design import gamma_words
from counterarm.tables.trust.challenges_of_follow_up import late_words

LIMITS = ["ci_low", "ci_high"]
# Where the number of a measure of function and survival is computed: table, column that
# is empty where it is hidden, and what its row is named by.
MEASURED = {
    "win_ratio_matched": ("win_ratio", "win_ratio", "matched"),
    "win_ratio_unmatched": ("win_ratio", "win_ratio", "unmatched"),
    "win_odds": ("win_ratio", "win_odds", "matched"),
    "net_benefit": ("win_ratio", "net_benefit", "matched"),
    "finkelstein_schoenfeld": ("joint_rank", "fs_z", None),
    "joint_rank": ("joint_rank", "ancova_coef", None),
}


def hide_ascertainment(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide shares and O/E ratios that tell few deaths: exact limits tell the count.

    So do a share of all but a few, and the few deaths that a longer window adds.
    """
    keys = ["analysis_id", "follow_up_rule", "arm", "pseudo_trial_id"]
    is_share = frame["measure"].str.startswith("share_")
    is_count = frame["measure"] == "deaths_observed"
    count = frame["value"].where(is_count, (frame["value"] * frame["n"]).round())
    count = count.where(is_share | is_count)
    by_window = frame.assign(count=count).sort_values("window_days")
    longer = by_window.groupby([*keys, "measure"], sort=False)["count"].shift(-1)
    few = _few(count, below)
    hidden = few | _few((longer - count).abs(), below)
    hidden |= _few((frame["n"] - count).where(is_share), below)
    places = pd.MultiIndex.from_frame(frame[[*keys, "window_days"]])
    is_ratio = frame["measure"] == "observed_over_expected"
    hidden |= is_ratio & places.isin(places[hidden & is_count])
    of_few = _few(frame["n"], below)
    out = objects(frame)
    blank(out, hidden | of_few, ["value", *LIMITS])
    out.loc[hidden & is_count, "value"] = HIDDEN
    out.loc[few & is_count, "value"] = f"<{below}"
    out.loc[of_few, "n"] = f"<{below}"
    return out


def _few(counts: pd.Series, below: int) -> pd.Series:
    return counts.gt(0).fillna(False) & counts.lt(below).fillna(False)


def hide_pairs(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide who of few pairs died first, and the exact test that tells it."""
    out = objects(frame)
    first = ["n_control_first", "n_treated_first"]
    for row in frame.index:
        counts = frame.loc[row, [*first, "n_pairs"]]
        parts = [*counts[first], counts["n_pairs"] - counts[first].sum()]
        if not any(is_small(part, below) for part in parts):
            continue
        for column in first:
            is_few = is_small(counts[column], below)
            out.loc[row, column] = f"<{below}" if is_few else HIDDEN
        blank(out, [row], ["deviate", "p_upper", "gamma_at_05", "delta"])
    return out


def hide_wins(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide few wins, losses or ties, and all that is computed of the three."""
    out = objects(frame)
    for row in frame.index:
        parts = ["wins", "losses", "ties"]
        cells = hide_in_sum(frame.loc[row, parts].tolist(), below)
        out.loc[row, parts] = cells
        if any(isinstance(cell, str) for cell in cells):
            starts = ("win_ratio", "log_se", "win_odds", "net_benefit", "p_value")
            measures = [name for name in frame if name.startswith(starts)]
            blank(out, [row], [*measures, *LIMITS])
    return out


def hide_ranks(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide the ranks of both arms where one has few: the ranks have a known sum."""
    out = objects(frame)
    for _, rows in frame.groupby("analysis_id", sort=False):
        cells = hide_in_sum(rows["n"].tolist(), below)
        out.loc[rows.index, "n"] = cells
        if any(isinstance(cell, str) for cell in cells):
            starts = ("mean_", "fs_", "ancova_", "p_value")
            blank(out, rows.index, [c for c in frame if c.startswith(starts)])
    return out


def hide_visits(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Hide who was assessed, dead or missing at a visit: the three sum to the arm."""
    out = objects(frame)
    for arm in ("treated", "control"):
        parts = [f"n_{arm}", f"n_{arm}_dead", f"n_{arm}_missing"]
        for row in frame.index:
            out.loc[row, parts] = hide_in_sum(frame.loc[row, parts].tolist(), below)
            if isinstance(out.loc[row, parts[0]], str):
                blank(out, [row], [f"mean_{arm}"])
    return out


def hide_measures(
    tables: Mapping[str, pd.DataFrame], was: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Hide in the verdicts on function what is hidden where it was computed.

    A row quotes the analyses of other follow-up rules too, and is hidden where one is.
    """
    out = dict(tables)
    if "function_verdict" not in out or out["function_verdict"].empty:
        return out
    frame = objects(out["function_verdict"])
    rules = was.get("follow_up_estimates")
    main = {}
    if rules is not None and len(rules):
        main = dict(zip(rules["rule_analysis_id"], rules["analysis_id"], strict=True))
    for measure, (table, column, pairing) in MEASURED.items():
        if table not in was or column not in was[table]:
            continue
        gone = was[table][column].notna() & tables[table][column].isna()
        if pairing:
            gone &= was[table]["pairing"] == pairing
        names = was[table].loc[gone, "analysis_id"]
        own = frame["analysis_id"].isin({main.get(name, name) for name in names})
        hidden = (own & (frame["measure"] == measure)).to_numpy()
        blank(frame, hidden, ["estimate", *LIMITS, "corrected_low", "corrected_high"])
        frame.loc[hidden, "sentence"] = frame.loc[hidden, "label"] + f": {HIDDEN}."
    out["function_verdict"] = frame
    return out


def hide_weights(frame: pd.DataFrame, below: int) -> pd.DataFrame:
    """Leave out the smallest and largest weight, which are of single subjects."""
    out = objects(frame)
    few = _few(frame["n"], below)
    out.loc[few, "n"] = f"<{below}"
    blank(out, few, ["n_months", "mean", "p99"])
    blank(out, frame.index, ["min", "max"])
    return out


def hide_levels(
    tables: Mapping[str, pd.DataFrame], was: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Hide in other tables what tells a share that is hidden in the balance."""
    before, after = (of.get("covariate_balance") for of in (was, tables))
    out = dict(tables)
    if before is None or after is None:
        return out
    hidden = pd.Series(False, index=before.index)
    for column in ("mean_treated", "mean_control"):
        hidden |= before[column].notna() & after[column].isna()
    levels = set(
        before.loc[hidden, ["analysis_id", "variable"]].itertuples(index=False)
    )
    measures = {
        "covariate_strength": [
            *("rr_eu", "bounding_factor", "times_as_strong", "times_as_strong_limit")
        ],
        "imputed_balance": ["mean_abs_smd", "worst_abs_smd", "complete_abs_smd"],
    }
    for name, columns in measures.items():
        frame = out.get(name)
        if frame is None or frame.empty:
            continue
        keys = zip(frame["analysis_id"], frame["variable"], strict=True)
        told = [
            row for row, key in zip(frame.index, keys, strict=True) if key in levels
        ]
        out[name] = objects(frame)
        blank(out[name], told, columns)
    return out


def hide_sentences(
    tables: Mapping[str, pd.DataFrame], was: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """Take out of the verdicts the sentences on a number that is hidden elsewhere."""
    words = {
        "ascertainment": ("value", late_words),
        "rosenbaum": ("gamma_at_05", gamma_words),
    }
    said = set()
    for name, (column, words_of) in words.items():
        if name in was and column in was[name]:
            before, after = was[name][column], tables[name][column]
            hidden = before[before.notna() & after.isna()]
            said |= {words_of(float(value)) for value in hidden}
    out = dict(tables)
    for name, column in (
        ("verdict", "sentence"),
        ("verdict", "in_brief"),
        ("verdict_summary", "headline"),
    ):
        if name in out and len(out[name]) and column in out[name]:
            texts = out[name][column]
            for sentence in sorted(said):
                texts = texts.str.replace(sentence, "", regex=False)
            out[name] = out[name].assign(**{column: texts})
    return out
