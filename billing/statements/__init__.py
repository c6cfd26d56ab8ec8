"""Bank statements: read, proved, matched with accounts, and booked line by line.

`columns` finds the header, `reading` reads the lines, `proof` proves that opening + lines =
closing, `kinds` and `remarks` say what a line is about, `ladder` says whose money it is.
"""
