"""The shapes of the REST resources, both directions. Shape only: a rule never lives here."""
