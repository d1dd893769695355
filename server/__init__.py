"""Everything impure: HTTP, database, queue, storage. `create_app` and nothing else lives here."""
