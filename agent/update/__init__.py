"""Updates: which slot of the card is started, what is put into the other one, and who decides it."""
