"""Chinese typed in Latin letters: "wo jia lou xia shi gong" is 我家楼下施工.

``typed`` tells whether a message is pinyin at all, ``lexicon`` knows words by their sound and what
follows what, ``decode`` finds the most probable sentence, ``reading`` says whether to trust it.
"""
