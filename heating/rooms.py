"""The apps of this house: settings, checks and tests that go through all of them read this list."""

# The lowest floor first: an app imports those before it, never those after it.
DESKS = ("suppliers", "customers", "billing", "complaints")
WITH_MODELS = ("office", *DESKS)
EVERY_APP = (*WITH_MODELS, "heating")
