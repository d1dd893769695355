"""The verbs that change things: modules of functions that flush and never commit."""
