"""The optional dense leg: embeddings, their vectors in Chroma, and the search in them."""
