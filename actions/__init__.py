"""What the dialogue does: Rasa decides the next step, an action here takes it.

A test holds that every module stands in its place here:

- how actions are served: server, registry, services
- a turn and its voice: turn, base, payloads, history, sent, offers, topics
- a policy question: answer, quoting, phrasing/, feedback
- a language model, where one is configured: model/, pointing/
- what a text says: understanding/
- a matter: complaint/, incidents, receive
- an order that is there: orders/, work_orders/
- who it is: identity/
- the talk itself: fallback, steering, handoff
"""
