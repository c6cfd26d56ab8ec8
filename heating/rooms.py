"""The apps of this house: settings, checks and tests that go through all of them read this list."""

# The lowest floor first: an app imports those before it, never those after it.
DESKS = ("suppliers", "customers", "billing", "complaints")
# Stands beside the desks: they do not import it, and of the office it imports little.
ISLAND = "whistleblowing"
WITH_MODELS = ("office", *DESKS, ISLAND)
EVERY_APP = (*WITH_MODELS, "heating")
