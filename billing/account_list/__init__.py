"""A company's account list: read as clerks keep it, checked row by row, loaded set by set."""
