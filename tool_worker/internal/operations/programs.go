package operations

// programs remembers what short texts were compiled to; when it is full, it starts anew.
type programs[Program any] struct {
	most  int
	known map[string]Program
}

func (p *programs[Program]) get(text string, compile func(string) (Program, error)) (Program, error) {
	if program, ok := p.known[text]; ok {
		return program, nil
	}
	program, err := compile(text)
	if err != nil {
		return program, err
	}
	if p.known == nil || len(p.known) >= p.most {
		p.known = map[string]Program{}
	}
	if len(text) <= longestRemembered {
		p.known[text] = program
	}
	return program, nil
}

// longestRemembered bounds the memory of what is remembered, in bytes of text.
const longestRemembered = 32 << 10
