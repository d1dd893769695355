"""How the server speaks HTTP: problem responses, strict JSON, security headers, OpenAPI."""
