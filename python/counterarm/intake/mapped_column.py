"""What fills one column of the template from a site's own file, as SQL."""

from collections.abc import Mapping, Sequence

from counterarm.intake.forms import date_forms
from counterarm.intake.mapping import FileForm, Part, Record
from counterarm.sql_words import sql_text

CHECKED = ("1", "checked", "yes", "true", "x")
UNCHECKED = ("", "0", "unchecked", "no", "false")


def text(field: str, form: FileForm) -> str:
    """Return a field trimmed, null where it is empty or stands for a missing value."""
    missing = [value for value in form.missing_values if value]
    trimmed = f"nullif(trim({field}), '')"
    if not missing:
        return trimmed
    return f"case when lower(trim({field})) not in {listed(missing)} then {trimmed} end"


def place_of(part: Part, headings: Sequence[str]) -> str:
    """Return the field of the file that a part reads."""
    return f"f{headings.index(part.site_column)}"


def box(part: Part, headings: Sequence[str]) -> str:
    """Return the text of a checkbox as it is compared."""
    return f"lower(trim(coalesce({place_of(part, headings)}, '')))"


def listed(values: Sequence[str]) -> str:
    """Return texts in lower case as a list that SQL's `in` takes."""
    return f"({', '.join(f'lower({sql_text(value)})' for value in values)})"


def date_sql(field: str, date_format: str) -> str:
    """Return a date of one of some formats as ISO 8601, null where it has none of them.

    Every part must have its width, as strptime takes 19 for the year 19.
    """
    dates = ", ".join(
        f"case when regexp_full_match({field}, {sql_text(form.pattern)}) "
        f"then try_strptime({field}, {sql_text(form.strptime)}) end"
        for form in date_forms(date_format)
    )
    return f"strftime(coalesce({dates}), '%Y-%m-%d')"


class Column:
    """The expressions of one template column: what is read, its value, its problems."""

    def __init__(
        self,
        name: str,
        kind: str,
        record: Record,
        headings: Sequence[str],
        form: FileForm,
        codes: Mapping[str, str | None] | None,
    ) -> None:
        self.name = name
        self.kind = kind
        self.headings = headings
        self.form = form
        self.parts = [part for part in record.parts if part.column_name == name]
        self.codes = codes
        self.site_column = ", ".join(
            part.site_column or "(constant)" for part in self.parts
        )

    @property
    def raw(self) -> str:
        """What stands in the file: the first part that is filled, or boxes joined."""
        if self.parts[0].checkbox_level:
            boxes = ", ".join(
                f"case when {box(part, self.headings)} in {listed(CHECKED)} "
                f"then {sql_text(part.checkbox_level)} end"
                for part in self.parts
            )
            return f"nullif(concat_ws('+', {boxes}), '')"
        texts = [
            sql_text(part.constant)
            if part.constant is not None
            else text(place_of(part, self.headings), self.form)
            for part in self.parts
        ]
        return texts[0] if len(texts) == 1 else f"coalesce({', '.join(texts)})"

    @property
    def value(self) -> str:
        """The text in the form of the template, null where it is undetermined."""
        if not self.parts:
            return "cast(null as varchar)"
        if self.codes is None:
            return self._converted
        known = f"map_extract_value({self._code_map}, lower({self.name}))"
        if self.kind == "text":
            return f"nullif({known}, '')"
        return (
            f"case when {self._is_coded} then nullif({known}, '') "
            f"else {self._converted} end"
        )

    @property
    def problems(self) -> list[str]:
        """A struct for each way in which the value may be wrong, else null."""
        found = []
        if self.codes is not None and self.kind == "text":
            found.append(
                self._problem(
                    self.name,
                    f"not {self._is_coded}",
                    "has no row in site_codes.csv",
                    is_unmapped=True,
                )
            )
        elif self._reason:
            coded = f"not {self._is_coded} and " if self.codes else ""
            found.append(
                self._problem(
                    self.name,
                    f"{coded}{self._converted} is null",
                    self._reason,
                    is_unmapped=False,
                )
            )
        for part in self.parts:
            if part.checkbox_level:
                known = listed(
                    (*CHECKED, *UNCHECKED, *filter(None, self.form.missing_values))
                )
                field = box(part, self.headings)
                found.append(
                    self._problem(
                        place_of(part, self.headings),
                        f"{field} not in {known}",
                        f"{part.site_column} is neither checked nor unchecked",
                        is_unmapped=True,
                    )
                )
        return found

    def _problem(
        self, value: str, condition: str, reason: str, is_unmapped: bool
    ) -> str:
        return (
            f"case when {value} is not null and {condition} then "
            f"{{'column_name': '{self.name}', 'raw_value': {value}, "
            f"'reason': {sql_text(reason)}, "
            f"'site_column': {sql_text(self.site_column)}, "
            f"'is_unmapped': {str(is_unmapped).lower()}}} end"
        )

    @property
    def _code_map(self) -> str:
        pairs = ", ".join(
            f"lower({sql_text(raw)}): {sql_text(value or '')}"
            for raw, value in self.codes.items()
        )
        return f"map {{{pairs}}}"

    @property
    def _is_coded(self) -> str:
        return f"map_contains({self._code_map}, lower({self.name}))"

    @property
    def _date_format(self) -> str | None:
        own = [part.date_format for part in self.parts if part.date_format]
        return own[0] if own else self.form.date_format

    @property
    def _has_comma(self) -> bool:
        own = [part.decimal_mark for part in self.parts if part.decimal_mark]
        return (own[0] if own else self.form.decimal_mark) == ","

    @property
    def _converted(self) -> str:
        if self.kind == "date" and self._date_format:
            return date_sql(self.name, self._date_format)
        if self.kind == "number" and self._has_comma:
            return (
                f"case when regexp_full_match({self.name}, '[-+]?[0-9]+(,[0-9]+)?') "
                f"then replace({self.name}, ',', '.') end"
            )
        return self.name

    @property
    def _reason(self) -> str | None:
        if self.kind == "date" and self._date_format:
            return f"is not a date as {self._date_format}"
        if self.kind == "number" and self._has_comma:
            return "is not numeric with a decimal comma"
        return None
