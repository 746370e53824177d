"""The settings: collected from environment, .env and files of secrets, checked as one, told about in one page."""

from bot.config.settings import PROVIDERS, SECRETS, Settings, SettingsError, key_field, load
from bot.config.values import Shards

__all__ = ["PROVIDERS", "SECRETS", "Settings", "SettingsError", "Shards", "key_field", "load"]
