"""Persons over several addresses: who they are, codes that prove a phone, forms that move along."""
