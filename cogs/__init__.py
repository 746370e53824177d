"""The commands of the bot: one file is one family."""
