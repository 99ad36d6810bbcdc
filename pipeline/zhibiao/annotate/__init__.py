"""Working with training data: the markup passages are written in, its compiler and its checks."""
