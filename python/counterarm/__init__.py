"""External control arms for ALS trials.

From raw deliveries to a warehouse and a report by the command `counterarm`; or, as a
library, functions over arrays and DataFrames:

- `counterarm.matching`: scores, pairs, weights, balance. How do I match my own
  DataFrame? docs/library.md, in twenty lines.
- `counterarm.survival`: curves, tests, Cox models, restricted means, power.
- `counterarm.longitudinal`: how function changes.
- `counterarm.trust`: how wrong a result may be.
- `counterarm.intake`: what a delivery holds and how to read it.
"""

__version__ = "0.1.0"
