"""Random streams that a stored seed, an analysis and a number fix for good."""

import zlib

import numpy as np


def random_stream(seed: int, analysis_id: str, number: int) -> np.random.Generator:
    """Return the generator of one draw or imputation of an analysis.

    PCG64 of SeedSequence([`seed`, crc32 of `analysis_id` in UTF-8, `number`]): other
    analyses and other draws do not move it.
    """
    sequence = np.random.SeedSequence([seed, zlib.crc32(analysis_id.encode()), number])
    return np.random.Generator(np.random.PCG64(sequence))
