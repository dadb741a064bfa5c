"""The report: one page for people, made of the tables of schema `results`.

`counterarm.report.write.write_report` makes it; drawing is slow to import, so that the
command line must not meet it here.
"""
