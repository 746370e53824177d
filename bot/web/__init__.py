"""What the outside may look at and knock at, over HTTP: health, readiness, metrics, and callbacks of providers."""
