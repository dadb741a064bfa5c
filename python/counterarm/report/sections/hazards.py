"""Hazard ratios of an analysis: models, subgroups, and how time is counted."""

import pandas as pd

from counterarm.report.figures.forest import forest
from counterarm.report.reading import Results
from counterarm.report.remarks.subgroups import (
    FEW_EVENTS,
    on_rematched,
    on_subgroups,
    on_time,
)
from counterarm.report.remarks.survival import on_hazards
from counterarm.report.sections.section import Section
from counterarm.report.tables import Table, table_of
from counterarm.report.variants import (
    COMMON_ENDPOINT,
    is_common,
    is_within_subgroup,
    known_later,
    subgroup_of,
)
from counterarm.report.words import (
    inner_words,
    is_missing,
    model_words,
    name_words,
    number,
    p_with_sign,
    variance_words,
)

_COLUMNS = {
    "model_id": "Model",
    "endpoint": "Endpoint",
    "term": "Term",
    "variance": "Variance",
    "hazard_ratio": "HR",
    "ci_low": "95% CI",
    "ci_high": "95% CI",
    "p_value": "p",
    "n": "Subjects",
    "n_events": "Events",
    "ph_p_value": "PH p",
    "note": "Note",
}


def _aside(n: object, n_events: object) -> str:
    return f"{number(n)}, {number(n_events)} events"


def main_variance(results: Results, analysis_id: str) -> str | None:
    """Return the variance that the summary of the analysis names."""
    said = results.of("analysis_summary", analysis_id)["variance"].dropna()
    return said.iloc[0] if len(said) else None


def hazards(results: Results, analysis_id: str) -> Section | None:
    """Show the Cox models: treatment in each of them, and the terms of adjustment."""
    rows = results.of("hazard_ratios", analysis_id)
    if rows.empty:
        return None
    whole = rows
    rows = rows[~is_within_subgroup(rows["model_id"])]
    is_treated = rows["term"] == "treated"
    main_model = results.main_model(analysis_id)
    endpoint = results.of("analysis_summary", analysis_id)["endpoint"].iloc[0]
    is_main = rows["endpoint"].isin([endpoint, f"{endpoint}{COMMON_ENDPOINT}"])
    # A model of groups has their names as terms.
    groups = results.of("survival_by_group", analysis_id)
    named = set(groups["group_name"]) - {"treated"} if len(groups) else set()
    # Covariates of the one model that the paper prints; of others in the table.
    is_drawn = (
        (is_treated & is_main)
        | (rows["model_id"] == "adjusted")
        | (rows["term"].isin(named) & ~is_common(rows["model_id"]))
    )
    drawn = rows[is_drawn].assign(
        label=[
            model_words(row.model_id)
            + ("" if row.endpoint.startswith(str(endpoint)) else f", {row.endpoint}")
            + ("" if row.term == "treated" else f": {inner_words(row.term)}")
            for row in rows[is_drawn].itertuples()
        ],
        place=[
            (row.term != "treated", row.model_id != main_model, row.model_id)
            for row in rows[is_drawn].itertuples()
        ],
        kind=rows[is_drawn]["variance"].map(variance_words),
        aside=[_aside(row.n, row.n_events) for row in rows[is_drawn].itertuples()],
    )
    # Beside the first mark of a row only.
    drawn = drawn.sort_values(["variance"], key=lambda v: v.map(_rank))
    again = drawn.duplicated("label")
    drawn["aside"] = drawn["aside"].where(~again, "")
    order = list(dict.fromkeys(drawn.sort_values("place", kind="stable")["label"]))
    figures = []
    if drawn["hazard_ratio"].notna().any():
        figures.append(
            forest(
                "hazard-ratios",
                "Hazard ratios of treated vs controls in every model, then of the dose "
                "groups and the covariates, with 95% confidence intervals by kind of "
                "variance; subjects and events.",
                drawn,
                order,
                "kind",
                "aside",
                main=drawn.loc[drawn["term"] == "treated", "label"].unique().tolist(),
            )
        )
    table = table_of(
        "cox",
        "Cox models. PH p: test of proportional hazards of the term. Subgroups are in "
        "the file.",
        rows,
        _COLUMNS,
        whole=whole,
        folded=True,
    )
    remarks = on_hazards(
        rows[~is_common(rows["model_id"])],
        main_model,
        main_variance(results, analysis_id),
    )
    return Section("hazards", "Hazard ratios", figures, [table], remarks)


def _rank(variance: str) -> int:
    order = ["naive", "two_way", "cluster", "strata", "strata_source", "cluster_source"]
    return order.index(variance) if variance in order else len(order)


def subgroups(results: Results, analysis_id: str) -> Section | None:
    """Show the hazard ratio of treatment within each subgroup."""
    rows = results.of("hazard_ratios", analysis_id)
    if rows.empty:
        return None
    rows = rows[(rows["term"] == "treated") & ~is_common(rows["model_id"])]
    variance = main_variance(results, analysis_id)
    rows = rows[rows["variance"] == variance]
    within = rows[is_within_subgroup(rows["model_id"])]
    main_model = results.main_model(analysis_id)
    within = within[within["model_id"].str.startswith(f"{main_model}: ")]
    if within.empty:
        return None
    endpoint = within["endpoint"].iloc[0]
    conditions = results.of("analysis_subgroups", analysis_id)
    variables = (
        {}
        if conditions.empty
        else conditions.set_index("subgroup")["variable"].dropna().to_dict()
    )
    within = within.assign(subgroup=subgroup_of(within["model_id"]))
    within = within.assign(
        variable=within["subgroup"].map(variables), of=within["subgroup"]
    )
    order = {name: i for i, name in enumerate(conditions.get("subgroup", []))}
    within = within.sort_values("subgroup", key=lambda s: s.map(order).fillna(99))
    all_of = rows[(rows["model_id"] == main_model) & (rows["endpoint"] == endpoint)]
    drawn = pd.concat([all_of.assign(subgroup=None, variable=None), within])
    later = known_later(results.of("variables"))
    late = {group for group, variable in variables.items() if variable in later}
    drawn["label"] = [
        "All subjects"
        if not isinstance(row.subgroup, str)
        else _subgroup_words(row.subgroup, row.variable, row.subgroup in late)
        for row in drawn.itertuples()
    ]
    tests = _interactions(results, analysis_id, endpoint, variance)
    sets = (
        {}
        if conditions.empty
        else conditions.set_index("subgroup")["subgroup_set"].to_dict()
    )
    drawn["subgroup_set"] = drawn["subgroup"].map(sets)
    is_first = ~drawn.duplicated("subgroup_set")
    drawn["interaction_p"] = drawn["subgroup_set"].map(tests).where(is_first)
    drawn["aside"] = [
        _aside(row.n, row.n_events)
        + (
            ""
            if is_missing(row.interaction_p)
            else f"; interaction p {p_with_sign(row.interaction_p)}"
        )
        for row in drawn.itertuples()
    ]
    drawn["kind"] = "subgroup"
    figures = []
    if within["hazard_ratio"].notna().any() and analysis_id not in results.in_brief:
        figures.append(
            forest(
                "subgroups",
                "Hazard ratio of treated vs controls within subgroups, unadjusted, "
                f"{variance_words(str(variance))}; subjects, events, and p of the "
                "interaction of treatment and subgroup. A subgroup holds the pairs "
                "(or sets) whose treated subject meets the condition.",
                drawn,
                list(drawn["label"]),
                "kind",
                "aside",
                main=["All subjects", *_with_events(drawn)],
            )
        )
    table = table_of(
        "subgroups",
        "Treated vs controls within subgroups.",
        drawn.drop(columns=["aside", "kind"]),
        {
            "label": "Subgroup",
            **{k: v for k, v in _COLUMNS.items() if k != "model_id"},
            "interaction_p": "Interaction p",
        },
        folded=bool(figures),
    )
    shown_late = [name_words(g).lower() for g in within["subgroup"] if g in late]
    remarks = on_subgroups(within, shown_late)
    tables = [table]
    anew = results.of("subgroup_matches", analysis_id)
    if len(anew):
        tables.append(_matched_anew(anew))
        remarks += on_rematched(anew, variance)
    return Section("subgroups", "Subgroups", figures, tables, remarks)


def _matched_anew(rows: pd.DataFrame) -> Table:
    """Show the pairs of the whole analysis and those made within, side by side."""
    return table_of(
        "subgroup-matches",
        "Subgroups with the pairs of the whole analysis (kept) and matched again in "
        "each subgroup. Outside: controls that do not belong to the subgroup.",
        rows.sort_values(["subgroup_set", "variance", "position", "pairs"]),
        {
            "subgroup": "Subgroup",
            "pairs": "Pairs",
            "variance": "Variance",
            "n_sets": "Pairs or sets",
            "n_events": "Events",
            "n_control_outside": "Controls outside",
            "hazard_ratio": "HR",
            "ci_low": "95% CI",
            "ci_high": "95% CI",
            "interaction_p": "Interaction p",
            "note": "Note",
        },
        folded=False,
    )


def _interactions(
    results: Results, analysis_id: str, endpoint: str, variance: str | None
) -> dict[str, float]:
    """Return p of the interaction test by set of subgroups."""
    rows = results.of("subgroup_interactions", analysis_id)
    if rows.empty:
        return {}
    is_it = (
        (rows["model_id"] == results.main_model(analysis_id))
        & (rows["endpoint"] == endpoint)
        & (rows["variance"] == variance)
        & rows["p_value"].notna()
    )
    return rows[is_it].set_index("subgroup_set")["p_value"].to_dict()


def _with_events(drawn: pd.DataFrame) -> list[str]:
    """Return the rows that set the scale: those of some events, not of a handful."""
    events = pd.to_numeric(drawn["n_events"], errors="coerce")
    return drawn.loc[events >= FEW_EVENTS, "label"].tolist()


def _subgroup_words(subgroup: str, variable: object, is_late: bool) -> str:
    words = name_words(subgroup)
    known = str(variable).replace("_", " ") if isinstance(variable, str) else ""
    if known and known.split(" ")[0].lower() not in words.lower():
        words = f"{words} ({known})"
    return f"{words}*" if is_late else words


def time(results: Results, analysis_id: str) -> Section | None:
    """Show the dose groups with follow-up time assigned in several ways."""
    rows = results.of("time_contrasts", analysis_id)
    if rows.empty:
        return None
    variance = main_variance(results, analysis_id) or rows["variance"].iloc[0]
    shown = rows[rows["variance"] == variance]
    if shown.empty:
        shown = rows[rows["variance"] == rows["variance"].iloc[0]]
    shown = shown.assign(
        contrast=shown["term"].map(name_words)
        + " vs "
        + shown["reference"].map(inner_words),
        label=_labels(shown, results.of("dose_contrasts", analysis_id)),
        model=shown["model_id"].map(model_words),
        until=shown["horizon"].map({"full": "all", "common": "common horizon"}),
        aside=[_aside(row.n, row.n_events) for row in shown.itertuples()],
        place=shown["variant"].map({v: i for i, v in enumerate(_ways(shown))}),
        is_main=shown["horizon"].eq("full")
        & shown["model_id"].eq(results.main_model(analysis_id)),
    ).sort_values(["contrast_id", "contrast", "place", "is_main"])
    main = shown[shown["is_main"]]
    figures = []
    # An estimate without any event is no number; the table gives the reason.
    drawn = main[main["note"].isna() & main["hazard_ratio"].notna()]
    if len(drawn) and analysis_id not in results.in_brief:
        figures.append(
            forest(
                "time-contrasts",
                "Hazard ratios of the dose groups, unadjusted, over all follow-up, by "
                "how time and doses are counted; subjects and events. The first rows, "
                "by doses given later, follow the papers.",
                drawn,
                list(drawn.sort_values("place")["label"]),
                "contrast",
                "aside",
            )
        )
    table = table_of(
        "time-contrasts",
        "Each way of counting time, unadjusted and adjusted, over all follow-up and up "
        "to the common horizon; other variances are in the file.",
        shown.sort_values("is_main", ascending=False, kind="stable"),
        {
            "contrast": "Contrast",
            "label": "Time and groups",
            "model": "Model",
            "until": "Follow-up",
            "hazard_ratio": "HR",
            "ci_low": "95% CI",
            "ci_high": "95% CI",
            "ratio_to_naive": "Ratio to the papers' HR",
            "n": "Subjects",
            "n_events": "Events",
            "n_left_out_before_landmark": "Excluded before landmark",
            "note": "Note",
            "definition": "Definition",
        },
        whole=rows,
        folded=True,
    )
    remarks = on_time(main)
    return Section("time", "Dose groups and immortal time", figures, [table], remarks)


def _labels(rows: pd.DataFrame, contrasts: pd.DataFrame) -> list[str]:
    """Return the protocol's words for the way of each row."""
    keys = ["contrast_id", "endpoint", "variant"]
    said = contrasts.set_index(keys)["label"].to_dict()
    return [said[key] for key in rows[keys].itertuples(index=False, name=None)]


def _ways(rows: pd.DataFrame) -> list[str]:
    """Order the ways: the papers' first, landmarks by day, then changing groups."""
    order = [
        "naive",
        "naive_doses",
        "landmark_day",
        "landmark_dose",
        "delayed_entry",
        "time_dependent",
        "time_dependent_doses",
    ]
    ranks = {method: i for i, method in enumerate(order)}
    ways = rows.drop_duplicates("variant").assign(
        rank=lambda f: f["method"].map(ranks).fillna(99), day=lambda f: f["landmark"]
    )
    return ways.sort_values(["rank", "day", "variant"])["variant"].tolist()
