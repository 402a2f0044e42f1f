"""The pages of returns, of tickets, and the customer’s own."""
