"""Talents: housing and policies that reached them, as counts."""
