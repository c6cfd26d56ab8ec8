"""How long concluded reports are kept, and their destruction; `rules` is pure."""
