"""Pure algorithms: no Django, nothing of ours."""
