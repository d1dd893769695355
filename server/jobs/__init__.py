"""Work behind the requests. A job takes ids, reads again, does one thing, is idempotent."""
