"""年度入网计划: areas surveyed, a target for the year, its approval and what came of it."""
