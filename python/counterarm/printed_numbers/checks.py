"""Run every relation on the printed numbers of every paper, and join the findings."""

from dataclasses import dataclass, replace

import pandas as pd

from counterarm.printed_numbers.finding import (
    CONSISTENT,
    CONTRADICTION,
    Finding,
    Items,
)
from counterarm.printed_numbers.inference import standardized_difference
from counterarm.printed_numbers.kinds import KINDS
from counterarm.printed_numbers.relations import instances, read_numbers, read_rules


@dataclass(frozen=True)
class Check:
    """One check: the numbers of a paper that a rule found, and what came of them."""

    paper: str
    check_id: str
    rule: str
    kind: str
    items: Items
    finding: Finding

    def doubted(self) -> set[tuple[str, ...]]:
        """Return the places of the numbers that a contradiction may be due to."""
        if self.finding.verdict != CONTRADICTION:
            return set()
        return self.places(KINDS[self.kind].blamed)

    def determined(self) -> set[tuple[str, ...]]:
        """Return the places of the numbers that follow from the others."""
        return self.allowed() if self.finding.is_exact else set()

    def allowed(self) -> set[tuple[str, ...]]:
        """Return the places of the numbers that the others determine or allow."""
        if self.finding.verdict != CONSISTENT:
            return set()
        return self.places(KINDS[self.kind].follows)

    def places(self, roles: tuple[str, ...]) -> set[tuple[str, ...]]:
        """Return the places of the numbers with any of these roles."""
        return {number.place for role in roles for number in self.items.get(role, [])}


def run_checks(published: pd.DataFrame, relations: pd.DataFrame) -> list[Check]:
    """Return every check that the relations find among the printed numbers.

    `published` has a row for each printed number, `relations` one for each number of a
    rule (see `counterarm.printed_numbers.relations`). Raises ValueError for a rule that
    finds nothing to check, for it is misspelt or out of date, and
    for a check that cannot be done.
    """
    numbers = read_numbers(published)
    checks = []
    for rule in read_rules(relations, set(KINDS)):
        found = 0
        for paper in sorted(numbers) if rule.paper is None else [rule.paper]:
            for names, items in instances(rule, numbers.get(paper, [])):
                found += 1
                checks.append(one_check(rule, paper, names, items))
        if not found:
            raise ValueError(
                f"relations.csv, rule {rule.rule}: finds nothing to check in "
                f"{rule.paper or 'any paper'}"
            )
    return with_largest_difference(with_forced_sums(with_swaps(with_consensus(checks))))


def blamed(checks: list[Check]) -> list[set[tuple[str, ...]]]:
    """Return, for each check, the places of the numbers that it puts in doubt.

    A part of a whole that its own row computes (a count from its parts, a percentage
    from its counts) is not in doubt, unless every number of the check is so confirmed:
    then print does not tell which of them is wrong.
    """
    confirmed = {
        (check.paper, place)
        for check in checks
        if check.kind in ("sum", "percent", "ratio")
        for place in check.determined()
    }
    found = []
    for check in checks:
        doubted = check.doubted()
        parts = check.places(("part",))
        left = {
            place
            for place in doubted
            if place not in parts or (check.paper, place) not in confirmed
        }
        found.append(left or doubted)
    return found


def one_check(rule, paper: str, names: dict, items: Items) -> Check:
    """Do one check; an error names the rule and what it was about."""
    about = "/".join(names.values())
    check_id = rule.rule + (f"/{about}" if about else "")
    try:
        finding = KINDS[rule.kind].check(items, rule.options)
    except (KeyError, ValueError) as error:
        raise ValueError(f"relations.csv, {check_id} in {paper}: {error}") from error
    return Check(paper, check_id, rule.rule, rule.kind, items, finding)


def with_consensus(checks: list[Check]) -> list[Check]:
    """Say where several splits of one total agree with each other and not with it."""
    groups: dict[tuple, list[int]] = {}
    for position, check in enumerate(checks):
        if check.kind in ("split", "ratio_split"):
            (whole,) = check.items["whole"]
            groups.setdefault((check.paper, check.kind, whole.place), []).append(
                position
            )
    checks = list(checks)
    for (_, kind, _), positions in groups.items():
        wrong = [checks[p] for p in positions]
        expected = {check.finding.expected for check in wrong}
        if (
            len(wrong) < 2
            or len(expected) > 1
            or any(check.finding.verdict != CONTRADICTION for check in wrong)
        ):
            continue
        (whole,) = wrong[0].items["whole"]
        (agreed,) = expected
        what = "all" if kind == "split" else "the ratios of all"
        for position in positions:
            finding = checks[position].finding
            checks[position] = replace(
                checks[position],
                finding=replace(
                    finding,
                    explanation=f"{finding.explanation}; {what} {len(wrong)} splits "
                    f"give {agreed}, so that {whole.text} is alone",
                ),
            )
    return checks


def with_swaps(checks: list[Check]) -> list[Check]:
    """Say where two numbers are exchanged between the places that print them twice."""
    checks = list(checks)
    wrong = [
        position
        for position, check in enumerate(checks)
        if check.kind == "same" and check.finding.verdict == CONTRADICTION
    ]
    for position in wrong:
        check = checks[position]
        (first,), (second,) = check.items["first"], check.items["second"]
        partners = [
            checks[p]
            for p in wrong
            if p != position
            and (checks[p].paper, checks[p].rule) == (check.paper, check.rule)
            and checks[p].items["first"][0].place[:2] == first.place[:2]
            and checks[p].items["first"][0].value == second.value
            and checks[p].items["second"][0].value == first.value
        ]
        if len(partners) == 1:
            other = partners[0].items["first"][0]
            finding = check.finding
            checks[position] = replace(
                check,
                finding=replace(
                    finding,
                    explanation=f"{finding.explanation}: exchanged with {other.name}, "
                    f"which has {other.text} and {first.text}",
                    corrections=(
                        *finding.corrections,
                        f"exchange {first.name} and {other.name}",
                    ),
                ),
            )
    return checks


def with_largest_difference(checks: list[Check]) -> list[Check]:
    """Give the largest of the differences that one printed bound is of."""
    of_bound: dict[tuple, list[int]] = {}
    for position, check in enumerate(checks):
        if check.kind == "smd_below" and check.finding.verdict == CONSISTENT:
            (bound,) = check.items["bound"]
            of_bound.setdefault((check.paper, bound.place), []).append(position)
    checks = list(checks)
    for positions in of_bound.values():
        largest = max(positions, key=lambda p: standardized_difference(checks[p].items))
        text = (
            f"the largest of {len(positions)}, of "
            f"{checks[largest].check_id.partition('/')[2]}: "
            f"{checks[largest].finding.explanation}"
        )
        for position in positions:
            finding = replace(checks[position].finding, explanation=text)
            checks[position] = replace(checks[position], finding=finding)
    return checks


def with_forced_sums(checks: list[Check]) -> list[Check]:
    """Say where a wrong last digit makes the percentages of a split add to 100."""
    adding = [
        check.items["part"]
        for check in checks
        if check.kind == "percent_sum"
        and sum(part.value for part in check.items["part"]) == 100
    ]
    places = {(part.place, part.text) for parts in adding for part in parts}
    changed = []
    for check in checks:
        if check.kind == "percent" and check.finding.verdict == CONTRADICTION:
            (printed,) = check.items["percent"]
            right = float(check.finding.expected)
            if (printed.place, printed.text) in places and abs(
                right - printed.number
            ) < 3 * printed.half:
                explanation = (
                    f"{check.finding.explanation}; as printed, the percentages of its "
                    "split add to 100 without rounding"
                )
                check = replace(
                    check, finding=replace(check.finding, explanation=explanation)
                )
        changed.append(check)
    return changed
