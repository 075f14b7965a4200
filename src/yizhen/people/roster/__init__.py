"""The roster of officials: what the organisation office is asked for about posts, as counts with an as-of date.

No prediction, ranking or score about a person is made here: appointments and their dates, nothing else.
"""
