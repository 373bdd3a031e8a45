package suites

// Uncovered says why no check of the catalogue puts a documented setting to the proof, by its key; it is empty where one
// should.
func Uncovered(key string) string {
	return map[string]string{
		"provider_name": "it is a label in authentik's administration, and nothing that a person or Immich does depends on it",
	}[key]
}
