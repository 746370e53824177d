"""A pretend Discord: REST, gateway and CDN on loopback, as strict as the real one."""
