"""What tools/check is made of: one module a kind of check."""
