"""Where rows live: SQLite in one file, or PostgreSQL for several processes; no meaning of its own."""
