"""Which orders go on one cart, and in which order its stops are walked."""
