"""What must fit besides the words: the act, the paper, the people, the place, the purpose."""
