-- The number stands by itself here, so that 16415.0 or 1.6415E4 can be compared with
-- the numbers of the subjects.

{{ rejected_numbers() }}
