"""What people see who use the bot from a command line: progress, results and errors in one clear line."""
