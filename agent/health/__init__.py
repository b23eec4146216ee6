"""The machine under the phone: how hot it is, and whether its power supply is strong enough."""
