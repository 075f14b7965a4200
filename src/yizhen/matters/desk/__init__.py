"""A person's desk: filters, the queue, the board, dates, saved searches, bulk steps and reply templates. Readers only."""
