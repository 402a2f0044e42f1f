"""What every room is made of: use cases, events, errors, clock, money, scans, actors."""
