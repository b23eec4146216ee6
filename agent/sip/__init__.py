"""SIP over TLS: everything here that imports pjsua2 runs on one thread and decides nothing."""
