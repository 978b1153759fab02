"""README and docs: what they embed and quote from runs, written by `make pages`."""
