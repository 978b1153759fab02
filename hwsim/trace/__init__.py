"""Spike traces: recording them, storing them bit-packed, checking foreign ones."""

from hwsim.called import also_a_function

also_a_function(__name__)
