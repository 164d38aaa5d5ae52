"""History: people, their sessions and results, in SQLite or PostgreSQL."""
