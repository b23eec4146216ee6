"""Control from the same machine: a Unix socket that only the phone's group may open.

One JSON object a line, both ways. A request names the protocol's version and a command:

    {"sotto": 1, "command": "call", "number": "102"}

The answer to it is any number of items, for what is a list, and then how it ended:

    {"sotto": 1, "item": {"name": "Bob", ...}}
    {"sotto": 1, "ok": true, "result": {...}}    or
    {"sotto": 1, "ok": false, "error": "Nobody has the number 102."}

After "events" further items follow as things happen, until the client hangs up.
"""
