"""What people see in Discord: messages, pictures, buttons."""
