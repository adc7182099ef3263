"""Background work: what is due is found in the database, claimed, done with no transaction open, and recorded."""
