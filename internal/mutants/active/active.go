// Package active is what an edited double asks at run time: which of its edits is made. Nothing of the program itself
// imports it.
package active

import (
	"sync"
	"sync/atomic"
)

// current is the edit that is made, for the whole process: a double that is edited runs in one of its own.
var current atomic.Int64

// reached are the edits whose place was passed since Record, made or not.
var reached struct {
	on  atomic.Bool
	ids sync.Map
}

// Set makes an edit, by its number from 1; 0 makes none.
func Set(id int) { current.Store(int64(id)) }

// Record forgets whose place was passed, and notes it from now on.
func Record() {
	reached.ids.Clear()
	reached.on.Store(true)
}

// Reached is whose place was passed since Record.
func Reached() []int {
	var ids []int
	reached.ids.Range(func(id, _ any) bool {
		ids = append(ids, id.(int))
		return true
	})
	return ids
}

// On reports whether an edit is made.
func On(id int) bool {
	if reached.on.Load() {
		reached.ids.Store(id, true)
	}
	return current.Load() == int64(id)
}

// Pick is the other value where an edit is made.
func Pick[T any](id int, other, value T) T {
	if On(id) {
		return other
	}
	return value
}

// Zero is nothing in the place of a value where an edit is made.
func Zero[T any](id int, value T) T {
	if On(id) {
		var nothing T
		return nothing
	}
	return value
}
