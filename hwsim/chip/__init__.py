"""The chip in SimPy: cores, routers, steps and schedules."""
