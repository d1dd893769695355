"""That nothing stored is lost: proof of the log, backups that were tried, restores, and rebuilding from the log."""
