"""Bank transfer, cash on account, invoice: a person says that money came."""
