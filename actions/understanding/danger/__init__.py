"""Danger told in a text: to life (emergency), to others (threat), to oneself (despair).

- the scores and alarms: risk
- words for danger, and what around one takes from it: cues
- what only sounds like danger: harmless
- what in a text speaks against danger: calming
"""
