"""Arrays of keys in; what the compiled loops make of them out. Loaded on first use, with Numba."""
