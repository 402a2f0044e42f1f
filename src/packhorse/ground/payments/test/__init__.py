"""A provider without a bank behind it: every outcome at will, and an account book of its own."""
