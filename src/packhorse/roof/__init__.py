"""What looks over the steps or out of the house."""
