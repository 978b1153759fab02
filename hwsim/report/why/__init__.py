"""Why: where a number of a run comes from, and why two runs differ, from their files alone."""
