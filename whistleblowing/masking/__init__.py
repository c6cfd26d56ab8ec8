"""Words of a case that are covered for a while, or taken out for good; `graphemes` is pure."""
