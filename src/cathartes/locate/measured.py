"""What all instruments of a flight say together: the fixed ones through `scene`, the moving ones through `passes`."""

from dataclasses import dataclass

import numpy as np

from cathartes.locate.forward import Scene, log_likelihood
from cathartes.locate.passes import Passes
from cathartes.model.samples import Floats


@dataclass(frozen=True, eq=False)
class Measured:
    """The measurements of one gas; `power` is how much of the fixed instruments' log likelihood counts (see `redundancy`)."""

    scene: Scene | None
    passes: Passes | None
    power: float = 1.0

    def log_likelihood(self, values: Floats) -> Floats:
        """Log likelihood of each row of physical `values` (draws x unknowns)."""
        total = np.zeros(len(values))
        if self.scene is not None:
            total += self.power * log_likelihood(self.scene, values)
        if self.passes is not None:
            total += self.passes.log_likelihood(values)
        return total
