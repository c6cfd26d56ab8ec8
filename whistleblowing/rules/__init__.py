"""Rules of the island as dated data: time limits, levels, retention; published from the desk."""
