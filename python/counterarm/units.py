"""Units of time in days, as every table counts them: a month is 365/12 days."""

YEAR = 365.0
MONTH = YEAR / 12
