"""Work orders: their numbers, their way, and the register that keeps them."""
