"""Every SELECT, one file a noun. List queries take the actor and scope in SQL; what is foreign is not found."""
