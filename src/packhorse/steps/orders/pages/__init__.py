"""The pages of orders, and of what comes in."""
