"""A year of the fictional city: matters of all kinds whose lives are simulated under the same table and clocks.

Only the way into the database is another one (in bulk); every life is a legal path of the lifecycle, by legal parties,
with the clocks that the actions would have kept. Some units are made to cheat; which ones is written to a file, so that
what the signs find can be checked against it.
"""
