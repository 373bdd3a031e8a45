package edge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Remote is the Control of an edge in another process.
type Remote struct {
	url    string
	token  string
	client *http.Client
}

var _ Control = (*Remote)(nil)

// Dial returns the control of the edge whose control port answers at url. The client must have no overall timeout:
// waiting is bounded by contexts.
func Dial(url, token string, client *http.Client) *Remote {
	return &Remote{url: strings.TrimSuffix(url, "/"), token: token, client: client}
}

// Health asks whether the edge answers.
func (r *Remote) Health(ctx context.Context) error {
	return r.call(ctx, http.MethodGet, "/health", nil, func(io.Reader) error { return nil })
}

// Last implements Reader.
func (r *Remote) Last(ctx context.Context) (int64, error) {
	var answer lastAnswer
	err := r.call(ctx, http.MethodGet, "/last", nil, into(&answer))
	return answer.Last, err
}

// Exchanges implements Reader.
func (r *Remote) Exchanges(ctx context.Context, after int64) ([]Exchange, error) {
	return r.exchanges(ctx, "/exchanges?after="+strconv.FormatInt(after, 10))
}

// FailedHandshakes implements Reader.
func (r *Remote) FailedHandshakes(ctx context.Context) ([]FailedHandshake, error) {
	var failed []FailedHandshake
	err := r.call(ctx, http.MethodGet, "/handshakes", nil, into(&failed))
	return failed, err
}

// Find implements Reader.
func (r *Remote) Find(ctx context.Context, after int64, what string, match func(*Exchange) bool) (*Exchange, error) {
	return find(ctx, after, what, match, r.next)
}

func (r *Remote) next(ctx context.Context, after int64) ([]Exchange, error) {
	for {
		items, err := r.exchanges(ctx, "/exchanges?wait=1&after="+strconv.FormatInt(after, 10))
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil || len(items) > 0 {
			return items, err
		}
	}
}

func (r *Remote) exchanges(ctx context.Context, path string) ([]Exchange, error) {
	var items []Exchange
	err := r.call(ctx, http.MethodGet, path, nil, func(body io.Reader) error {
		in := json.NewDecoder(body)
		for {
			var x Exchange
			if err := in.Decode(&x); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			items = append(items, x)
		}
	})
	return items, err
}

// Bend implements Control.
func (r *Remote) Bend(ctx context.Context, f Fault) (func(context.Context) error, error) {
	var answer bendAnswer
	if err := r.call(ctx, http.MethodPost, "/bends", f, into(&answer)); err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		return r.call(ctx, http.MethodDelete, "/bends/"+strconv.Itoa(answer.ID), nil, func(io.Reader) error { return nil })
	}, nil
}

func into(v any) func(io.Reader) error {
	return func(r io.Reader) error { return json.NewDecoder(r).Decode(v) }
}

// call makes one request; read gets the body of a good answer.
func (r *Remote) call(ctx context.Context, method, path string, body any, read func(io.Reader) error) error {
	var payload io.Reader // none without a body: a server hears of a client that goes away only once it has read it
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return fmt.Errorf("edge: %s %s: %w", method, path, err)
		}
		payload = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, r.url+path, payload)
	if err != nil {
		return fmt.Errorf("edge: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	res, err := r.client.Do(req)
	if err != nil {
		return fmt.Errorf("edge: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1000))
		return fmt.Errorf("edge: %s %s: %s: %s", method, path, res.Status, strings.TrimSpace(string(text)))
	}
	if err := read(res.Body); err != nil {
		return fmt.Errorf("edge: %s %s: read the answer: %w", method, path, err)
	}
	return nil
}
