"""Settings, URLs, API assembly, static files, embedded PostgreSQL, process tree, command line."""
