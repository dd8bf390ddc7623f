"""What Redis must do in one step, in its own language."""

from __future__ import annotations

from typing import Final

RELEASE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""
"""Gives a lease back, if it is still ours. Keys: the lease. Arguments: our token."""

HOLD: Final = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
"""Takes a lease that is free, or holds ours longer. Keys: the lease. Arguments: our token,
milliseconds."""

ALLOW: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[2]))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[3])
redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[2] / 1000))
return 1
"""
"""A sliding window by Redis's own clock, since those of the gateways differ.

Keys: the window. Arguments: limit, length in microseconds, a name for this use.
"""

KEEP_FIRST: Final = """
local kept = redis.call('GET', KEYS[1])
if kept then return kept end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return ARGV[1]
"""
"""Keeps a value where none is, and says which is kept. Arguments: the value, milliseconds."""
