"""Which boxes an order goes into, and what lies where in them."""
