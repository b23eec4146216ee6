"""How a configuration comes to the phone: on a card's boot partition, or from an HTTPS server."""
