"""What a server must prove before it hears a word of SIP. Pure, but for the files."""
