"""What each modelling assumption changes, measured by switching it."""
