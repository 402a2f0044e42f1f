"""The pages of delivery; `tracking` is the customers'."""
