"""The pages of people: users, API keys and devices, the audit, and one's own account."""
