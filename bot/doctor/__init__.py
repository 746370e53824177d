"""What `seedream-bot doctor` looks at: small checks, which change nothing and spend nothing."""
