"""The rules by which phones and server become one record. Pure; SPEC.md numbers them."""
