"""What the bot promises between "accepted" and "settled": jobs, queue, ledger, worker; no Discord."""
