"""The panels of `/settings`: what can be set, how it is shown, and what pressing something there does."""
