package admin

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/google/uuid"

	"imageshare/ledger"
	"imageshare/state"
)

// export writes everything that is held as a state file.
func (h handler) export(w http.ResponseWriter, r *http.Request) {
	q, err := query(r, "format", "secrets")
	if err != nil {
		h.refuse(w, err)
		return
	}
	plain, format := q.Get("secrets"), q.Get("format")
	if (plain != "" && plain != "plain") || (format != "" && format != "yaml" && format != "json") {
		fail(w, http.StatusBadRequest, "BadRequest", "secrets can be plain, format can be yaml or json")
		return
	}
	f, err := state.Export(r.Context(), h.Ledger.Reader(), state.Options{Now: h.Ledger.Now(), Plain: plain == "plain", Secrets: h.Secrets})
	if err != nil {
		h.refuse(w, err)
		return
	}
	// Encoded before the first byte is sent, so that a failure is an error, not half a file.
	var b bytes.Buffer
	kind, write := "application/json", f.WriteJSON
	if format == "yaml" {
		kind, write = "application/yaml", f.WriteYAML
	}
	if err := write(&b); err != nil {
		h.refuse(w, err)
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(b.Bytes()) // a client that went away is nobody to tell
}

// apply takes a state file, all of it or nothing.
func (h handler) apply(w http.ResponseWriter, r *http.Request) {
	if _, err := query(r); err != nil {
		h.refuse(w, err)
		return
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxState))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		fail(w, http.StatusRequestEntityTooLarge, "TooLarge", "a state file has at most 256 MiB here: send it in parts, since what a file does not name stays, or start the server with it as --seed")
		return
	} else if err != nil {
		fail(w, http.StatusBadRequest, "BadRequest", "the body ended before its announced length")
		return
	}
	f, err := state.Parse("body", data)
	if err != nil {
		h.refuse(w, err)
		return
	}
	err = h.Ledger.Edit(r.Context(), caller("PutState", r), func(e *ledger.Editor) error { return f.Apply(e, h.Secrets) })
	if err != nil {
		h.refuse(w, f.Explain(err))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// reset ends every share, drops accounts and images and applies the seed again, in one step.
func (h handler) reset(w http.ResponseWriter, r *http.Request) {
	if !h.AllowReset {
		fail(w, http.StatusForbidden, "Forbidden", "reset is off: start the server with --allow-reset")
		return
	}
	if _, err := query(r); err != nil {
		h.refuse(w, err)
		return
	}
	err := h.Ledger.Edit(r.Context(), caller("Reset", r), func(e *ledger.Editor) error {
		if err := e.Clear(); err != nil || h.Seed == nil {
			return err
		}
		return h.Seed.Apply(e, h.Secrets)
	})
	if err != nil && h.Seed != nil {
		err = h.Seed.Explain(err)
	}
	if err != nil {
		h.refuse(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// caller is the operator, as the history keeps him.
func caller(action string, r *http.Request) ledger.Caller {
	return ledger.Caller{Wire: "admin", Action: action, RequestID: uuid.NewString(), Source: r.RemoteAddr}
}
