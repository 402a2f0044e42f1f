"""Standard time: how long work takes, learned from how long it took."""
