"""The register's import: what the dean's-office system exports becomes students, enrolments and plastic cards.

1. `tables` reads the file; `columns` finds the header and what its columns mean.
2. `records` turns each row into values or a rejection; `people` joins rows that name one person and refuses those
   that contradict each other.
3. `present` reads the register; `comparison` sets both side by side: every row gets its fate, every difference
   goes into a plan.
4. `applying` writes the plan in one transaction, if the register is still the one that was read.
"""
