"""report.html: one file that needs no network, readable on a phone and on paper."""
