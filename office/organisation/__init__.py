"""The organisation chart: departments, posts and people of every company, dated day by day.

`chart` answers questions about one day and knows no table; `on_day` reads that day from the
tables. `structure` and `people` change the chart, `list_*` read it from spreadsheets.
"""
