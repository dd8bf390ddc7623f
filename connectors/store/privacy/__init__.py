"""One person's data: finding all of it, giving it out, and making it lead to nobody.

``columns`` says of every column of the store whether it is personal and what an erasure leaves in
it; ``docs/privacy.md`` says the same in words. The trail (``audit``) stays: it holds ids and codes
only, and says that something was erased.
"""
