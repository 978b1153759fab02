"""Published figures beside ours, one module a source; each has `rows()`."""
