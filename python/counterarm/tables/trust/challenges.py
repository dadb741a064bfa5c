"""The challenges to a result: what would have to be true for its interval to hold 1."""

from collections.abc import Callable
from dataclasses import dataclass

from counterarm.tables.trust.answers import Answer
from counterarm.tables.trust.challenges_of_design import (
    bias_prior,
    confounder,
    missing_covariates,
    order,
    proportional_hazards,
    specifications,
)
from counterarm.tables.trust.challenges_of_follow_up import (
    common_horizon,
    follow_up,
    immortal_time,
    placebo,
    tipping,
)
from counterarm.tables.trust.evidence import Evidence


@dataclass(frozen=True)
class Question:
    """A challenge: its name, its question, and the function that answers it."""

    name: str
    question: str
    answer: Callable[[Evidence], Answer]


QUESTIONS = (
    Question(
        "follow_up",
        "Is the survival of controls ascertained for as long as their deaths?",
        follow_up,
    ),
    Question("common_horizon", "Are both arms followed equally long?", common_horizon),
    Question(
        "immortal_time",
        "Are groups formed without knowledge of the future?",
        immortal_time,
    ),
    Question(
        "placebo",
        "Does the method find nothing where there is nothing to find?",
        placebo,
    ),
    Question(
        "confounder", "How strong would a hidden confounder have to be?", confounder
    ),
    Question("bias_prior", "Is the bias seen in studies elsewhere enough?", bias_prior),
    Question(
        "tipping",
        "Do those whose outcome is not ascertained fare as the others do?",
        tipping,
    ),
    Question(
        "specifications", "Does the result depend on analysts' choices?", specifications
    ),
    Question(
        "missing_covariates",
        "Does the result depend on leaving out subjects with missing covariates?",
        missing_covariates,
    ),
    Question("order", "Does the result depend on the order of matching?", order),
    Question(
        "proportional_hazards", "Are the hazards proportional?", proportional_hazards
    ),
)
