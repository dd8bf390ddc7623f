"""What a password of the desk is worth to whoever steals the store."""

from __future__ import annotations

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY


def test_a_password_costs_what_rfc_9106_recommends(dear_passwords: PasswordHasher) -> None:
    used = extract_parameters(dear_passwords.hash("a long password"))
    assert used.type is Type.ID
    assert used.time_cost >= RFC_9106_LOW_MEMORY.time_cost
    assert used.memory_cost >= RFC_9106_LOW_MEMORY.memory_cost
