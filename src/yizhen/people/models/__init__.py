"""People: accounts of posts, units, officials and their appointments."""

from .account import ADMIN_ROLES, ROLES, Account
from .official import Appointment, Official
from .signin import SignInLink
from .unit import Unit

__all__ = ["ADMIN_ROLES", "ROLES", "Account", "Appointment", "Official", "SignInLink", "Unit"]
