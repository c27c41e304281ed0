"""What every test may rely on: no wall-clock surprises, and hypothesis examples that do not depend on the machine's speed."""

from hypothesis import HealthCheck, settings

settings.register_profile("cathartes", deadline=None, max_examples=50, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cathartes")
