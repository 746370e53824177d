"""How the pretend model paints: a prompt becomes a scene, a scene becomes vector shapes, and those become pixels."""
