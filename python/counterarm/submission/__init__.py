"""Submission packages: SDTM and ADaM of one study, with the metadata of CDISC."""
