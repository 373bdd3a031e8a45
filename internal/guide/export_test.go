package guide

// DecodeRevision is open to tests: the strictness of the built-in files cannot be seen from outside.
func DecodeRevision(data []byte) (*Revision, error) { return decodeRevision(data) }
