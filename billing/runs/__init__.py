"""A billing run inside: what is priced (drafts), how (pricing), what it says (summary), issuing."""
