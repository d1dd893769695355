"""The routes for phones and integrations: decorators, one service call, return."""
