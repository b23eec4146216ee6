"""For all tests: how long one takes is no fault of it."""

from hypothesis import HealthCheck, settings

# CI's own profile has no deadline either, and takes the same examples each time.
if settings.get_current_profile_name() == "default":
    settings.register_profile(
        "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("unhurried")
