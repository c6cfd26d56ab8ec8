"""The account list of a company: clerks' spreadsheets, checked row by row and loaded in sets."""
