"""The protocol seeds: every row must name things that exist and fit together."""

from counterarm.protocol.check import ProtocolError, check_protocol

__all__ = ["ProtocolError", "check_protocol"]
