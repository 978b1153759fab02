"""Spike traces: recording them, storing them bit-packed, checking foreign ones."""
