"""Result tables: data frames in, one data frame out, for one dbt Python model each.

A table is made analysis by analysis as the protocol's rows say; the mathematics is in
`counterarm.matching` and `counterarm.survival`.
"""
