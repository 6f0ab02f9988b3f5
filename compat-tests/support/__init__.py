"""Starting the servers that the tests talk to, and making the readings they send."""
