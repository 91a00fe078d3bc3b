// Package refusal holds the two ways in which a request is answered with a no. Every operation returns one of them, or
// an error that is taken for a Failed without a place.
package refusal

import "fmt"

// Failed says that a library refuses the files or options; the message is in the library's own words. Document and
// Line count from 1, 0 where it does not say.
type Failed struct {
	Message  string `json:"message"`
	File     string `json:"file"`
	Document int    `json:"document"`
	Line     int    `json:"line"`
}

func (f *Failed) Error() string { return f.Message }

// Limit says that a request needs more than it may have. Name is "output"; time, memory and input are watched
// from outside.
type Limit struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

func (l *Limit) Error() string { return l.Message }

// Output is the Limit of a request that answers with more than limit bytes.
func Output(limit int) *Limit {
	return &Limit{Name: "output", Message: fmt.Sprintf("the output is larger than %d bytes", limit)}
}
