"""How Rasa is run here: without TensorFlow, with a few small patches, and never silently.

``bot/.venv/bin/python -m runtime run|train|test|validate|nlu`` (from ``bot/``).
See ``bot/README.md``.
"""
