"""The tables, as Django keeps track of them."""
