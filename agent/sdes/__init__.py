"""SRTP keys that travel in the signalling (SDES, RFC 4568). Pure: whoever runs the server has them."""
