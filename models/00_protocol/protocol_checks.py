"""One row per protocol seed, once every row of it is valid."""

from counterarm.protocol import check_protocol


def model(dbt, session):
    return check_protocol(
        {
            "analyses": dbt.ref("analyses").df(),
            "arms": dbt.ref("arms").df(),
            "assumed_values": dbt.ref("assumed_values").df(),
            "windows": dbt.ref("windows").df(),
            "eligibility": dbt.ref("eligibility").df(),
            "endpoints": dbt.ref("endpoints").df(),
            "recorded_events": dbt.ref("recorded_events").df(),
            "clocks": dbt.ref("clocks").df(),
            "follow_up": dbt.ref("follow_up").df(),
            "scopes": dbt.ref("scopes").df(),
            "dose_groups": dbt.ref("dose_groups").df(),
            "matching": dbt.ref("matching").df(),
            "matching_terms": dbt.ref("matching_terms").df(),
            "groups": dbt.ref("groups").df(),
            "models": dbt.ref("models").df(),
            "model_terms": dbt.ref("model_terms").df(),
            "subgroups": dbt.ref("subgroups").df(),
            "dose_contrasts": dbt.ref("dose_contrasts").df(),
            "dose_contrast_groups": dbt.ref("dose_contrast_groups").df(),
            "pair_bounds": dbt.ref("pair_bounds").df(),
            "association_tests": dbt.ref("association_tests").df(),
            "safety_tables": dbt.ref("safety_tables").df(),
            "placebo_nulls": dbt.ref("placebo_nulls").df(),
            "bias_priors": dbt.ref("bias_priors").df(),
            "borrowing": dbt.ref("borrowing").df(),
            "tipping_sweeps": dbt.ref("tipping_sweeps").df(),
            "power_questions": dbt.ref("power_questions").df(),
            "specification_axes": dbt.ref("specification_axes").df(),
            "response_predictors": dbt.ref("response_predictors").df(),
            "regression_terms": dbt.ref("regression_terms").df(),
            "bootstraps": dbt.ref("bootstraps").df(),
            "doubly_robust": dbt.ref("doubly_robust").df(),
            "extrapolations": dbt.ref("extrapolations").df(),
            "mmrm_models": dbt.ref("mmrm_models").df(),
            "rematched_subgroups": dbt.ref("rematched_subgroups").df(),
        },
        variables=dbt.ref("variables").df(),
        terms=dbt.ref("controlled_terms").df(),
        parameters=dbt.ref("analysis_parameters").df(),
    )
