"""Stop-heat: terms of a season, applications, resumptions, and what they mean for bills."""
