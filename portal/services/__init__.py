"""Use cases of the portal and the only writers of the database."""
