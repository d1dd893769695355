"""What the person who holds the machine types: `qianshao COMMAND`."""
