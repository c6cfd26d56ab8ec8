"""Late fees: the rules of a company, and the days on which a contract bears none."""
