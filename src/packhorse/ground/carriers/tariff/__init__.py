"""The built-in carrier: a tariff of our own invention that needs no account, so that every installation, test and simulation can rate, buy, track and hand over."""
