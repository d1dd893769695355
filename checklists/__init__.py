"""What a patrol asks, and how an answer is judged. Pure; the shipped checklists are data beside it."""
