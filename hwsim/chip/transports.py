"""The transports that hwsim has: the specification, and the fast one."""

from __future__ import annotations

from hwsim.chip import burst, burst_flow, packet, packet_flow
from hwsim.chip.transport import Transport

TRANSPORTS = {
    "packet": Transport(packet.transport, packet_flow.flow),
    "burst": Transport(burst.transport, burst_flow.flow),
}
"""`--transport` -> the transport."""
