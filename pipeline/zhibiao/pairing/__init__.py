"""From quantities in a passage to indicator statements: roles, names, target/actual pairs, facts."""
