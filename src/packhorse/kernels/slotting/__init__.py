"""Slotting: which goods should change places so that past walks would have been shorter and picks in easier reach."""
