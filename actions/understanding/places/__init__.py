"""Where it happened: place names found by rules, a gazetteer and a trained tagger, joined to places.

- a place, whole: place
- its units (路, 小区, 村, 号楼) and what stands behind and beside them: unit, units, words, behind, hamlet, parts
- which region it lies in: gazetteer
- names no rule knows: features, tagger, tagged
- what the tagger learns from: training, composed, made_up
"""
