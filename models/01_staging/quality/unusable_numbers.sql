-- One row per line of PRO-ACT whose subject's number is there and is no whole number.
--
-- Such a line is rejected, with the line as a whole; here the number stands by itself,
-- so that 16415.0 or 1.6415E4 can be compared with the numbers of the subjects.

{{ rejected_numbers() }}
