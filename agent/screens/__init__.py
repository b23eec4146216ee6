"""What the phone says, as a picture of 128 x 64 pixels of one bit. Pure."""
