package authentik

import (
	"context"
	"strconv"
)

// Person is somebody who can be known at authentik, with what clients may be told as sub.
type Person struct {
	Username, Email string
	Active          bool
	Subjects        map[string]string // by the provider's subject mode
}

// People are all users.
func (c *Client) People(ctx context.Context) ([]Person, error) {
	type stored struct {
		PK       int    `json:"pk"`
		UUID     string `json:"uuid"`
		UID      string `json:"uid"` // the hashed ID
		Username string `json:"username"`
		Email    string `json:"email"`
		Active   bool   `json:"is_active"`
	}
	all, err := list[stored](ctx, c, usersPath, nil)
	var people []Person
	for _, u := range all {
		people = append(people, Person{Username: u.Username, Email: u.Email, Active: u.Active, Subjects: map[string]string{
			"hashed_user_id": u.UID, "user_id": strconv.Itoa(u.PK), "user_uuid": u.UUID, "user_username": u.Username, "user_email": u.Email,
		}})
	}
	return people, err
}
