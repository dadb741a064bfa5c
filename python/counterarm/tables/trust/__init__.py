"""Builders of the tables that say how wrong a result may be.

Data frames in, data frames out; formulas are those of `counterarm.trust`.
"""
