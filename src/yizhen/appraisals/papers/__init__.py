"""The papers of a meeting: what is printed before it and written after it. All in Chinese, as official papers are.

Content only: pure functions from a campaign to descriptions of documents; ``documents/`` knows how they look. What
stands on paper is fit for anybody to read who may get hold of it: small counts are never printed.
"""
