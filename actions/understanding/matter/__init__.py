"""What it is about: the matter, its kind and category, and whose duty.

- what happened, and what is said beside it: cleaning, asides, scenery
- what kind of appeal, and what is wanted: appeal, wanted
- which category of the tree: category, category_tree, category_training, leaves
- what has failed for many at once: outages
- which flags an order carries: flags
- whose duty: duty, duties
"""
