"""The protocol seeds: every row must name things that exist and fit together."""

from counterarm.protocol.check import (
    ProtocolError,
    check_protocol,
    check_protocol_files,
    file_problems,
)

__all__ = ["ProtocolError", "check_protocol", "check_protocol_files", "file_problems"]
