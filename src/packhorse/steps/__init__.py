"""The seven steps of fulfilment, in the order of the work."""
