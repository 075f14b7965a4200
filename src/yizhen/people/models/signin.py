"""One-time sign-in links."""

from django.db import models

from .account import Account


class SignInLink(models.Model):
    """A link that signs one account in, once. Only the hash of its secret is kept."""

    secret_hash = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="sign_in_links")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-expires_at"]

    def __str__(self) -> str:
        return f"link for {self.account}"
