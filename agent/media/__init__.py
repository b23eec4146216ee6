"""The call's media: the gate in its RTP path, where sound goes, and the tones."""
