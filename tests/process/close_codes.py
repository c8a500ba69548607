"""The table of close codes that nodes, clients and tests share: `libs/protocol/close_codes.json`."""

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TABLE = json.loads((ROOT / "libs" / "protocol" / "close_codes.json").read_text(encoding="utf-8"))
RULES = {row["code"]: row for row in TABLE}

# Not sent in a close frame: what a client says to itself when the connection breaks without one.
LOST = 1006
