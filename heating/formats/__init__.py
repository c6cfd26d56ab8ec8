"""How Django writes days and moments by itself: the same form in both languages."""
