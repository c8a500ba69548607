"""Cases of WebSocket conformance, one module a group; `case.Group` says how to write one."""
