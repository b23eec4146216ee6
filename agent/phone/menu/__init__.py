"""What a person does with the phone outside of a call: pages, keys, orders. Pure."""
