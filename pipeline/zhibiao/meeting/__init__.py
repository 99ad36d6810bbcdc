"""Where patterns and models meet: each number's role, its name and its partner are decided once, with a probability."""
