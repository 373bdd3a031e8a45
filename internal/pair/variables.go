package pair

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// secretKeys are the keys of authentik's models that hold a secret, and the client ID, which people keep beside it and
// which may be any.
func secretKeys() []string {
	return []string{
		"client_secret", "client_id", "secret", "shared_secret", "consumer_key", "consumer_secret", "password", "bind_password",
		"key", "key_data", "token", "api_key", "secret_key",
	}
}

// SecretVariables are the variables without a default that a blueprint reads for secrets alone. Another value is nobody's to
// make up.
func SecretVariables(blueprint []byte) []string {
	n, err := document("", blueprint)
	if err != nil {
		return nil // it is refused elsewhere
	}
	uses := map[string][]bool{}
	variablesIn(n, false, uses)
	var all []string
	for name, secret := range uses {
		if !slices.Contains(secret, false) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// variablesIn notes for each use of a variable whether it is for a secret.
func variablesIn(n *yaml.Node, secret bool, uses map[string][]bool) {
	switch {
	case n.Tag == "!Env" && n.Kind == yaml.ScalarNode:
		uses[n.Value] = append(uses[n.Value], secret)
		return
	case n.Tag == "!Env" && len(n.Content) > 0:
		name := n.Content[0].Value
		uses[name] = append(uses[name], secret && len(n.Content) == 1)
		return
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			variablesIn(n.Content[i+1], slices.Contains(secretKeys(), n.Content[i].Value), uses)
		}
		return
	}
	for _, child := range n.Content {
		variablesIn(child, secret, uses)
	}
}
