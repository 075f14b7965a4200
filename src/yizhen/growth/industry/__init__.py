"""Distinctive industries of townships: declared, confirmed, argued with data, and laid beside those of neighbours."""
