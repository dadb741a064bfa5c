"""A made-up delivery: PRO-ACT in three releases, and two site exports.

`write_demo` is the way in. Subjects are latent patients (`patients`) of hidden trials
(`trials`) seen at visits (`visits`) until they are lost or die (`ascertainment`);
`people`, `background`, `scales`, `strength`, `vitals`, `labs` and `happenings` write
down what the trial recorded, quirks included; `sites` does so for the treated.
"""

from counterarm.demo.ascertainment import Ascertainment
from counterarm.demo.write import Demo, is_whole_demo, write_demo

__all__ = ["Ascertainment", "Demo", "is_whole_demo", "write_demo"]
