"""Mail: what stands in a letter, and the ways it leaves: over SMTP, or into files of a demonstration."""
