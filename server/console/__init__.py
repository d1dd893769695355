"""The pages for people at a desk: rendered here, readable without scripts."""
