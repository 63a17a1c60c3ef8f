"""Profiles of hypothesis: `quick` while working, `ci` (HYPOTHESIS_PROFILE=ci) with many more examples."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick",
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],  # other work on the machine is not a test's fault
)
settings.register_profile("ci", settings.get_profile("quick"), max_examples=1_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
