"""The field page: drafts made on a phone without a network, sent when their writer says so."""
