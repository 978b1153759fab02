"""What a run leaves behind: tables, JSON, CSV, figures, HTML."""
