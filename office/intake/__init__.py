"""Spreadsheet intake: lists that clerks keep in a spreadsheet, read by their columns' names.

`columns` finds the header, `workbook` and `text_file` read the rows, `cells` reads one cell,
`remarks` says what is wrong with a row, `correction_file` and `template_file` write what clerks
fill in. `workbook_guard` refuses bombs and macros before anything is read; `small_sheet` reads a
sheet of a few hundred cells whole. What a list is about is known to its own app only.
"""
