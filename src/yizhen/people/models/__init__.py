"""People: accounts of posts, units, officials and their appointments."""

from .account import ADMIN_ROLES, ROLES, Account
from .commitment import Commitment, CommitmentText
from .official import Appointment, Official
from .relation import RELATIONS, Relation
from .signin import SignInLink
from .unit import Unit

__all__ = [
    "ADMIN_ROLES",
    "RELATIONS",
    "ROLES",
    "Account",
    "Appointment",
    "Commitment",
    "CommitmentText",
    "Official",
    "Relation",
    "SignInLink",
    "Unit",
]
