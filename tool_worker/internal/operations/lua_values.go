package operations

import (
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"argosy/tool_worker/internal/documents"
)

// toLua turns a JSON value into one of Lua's, where every number is a float and null in a list is left out, as by
// Argo CD.
func toLua(state *lua.LState, value any) lua.LValue {
	switch value := value.(type) {
	case bool:
		return lua.LBool(value)
	case float64:
		return lua.LNumber(value)
	case string:
		return lua.LString(value)
	case []any:
		list := state.CreateTable(len(value), 0)
		for _, item := range value {
			list.Append(toLua(state, item))
		}
		return list
	case map[string]any:
		table := state.CreateTable(0, len(value))
		for key, item := range value {
			table.RawSetString(key, toLua(state, item))
		}
		return table
	default:
		return lua.LNil
	}
}

// fromLua turns what a script returned into what JSON can say. A table is a list or an object by its first key; an
// empty one is a list, since Lua cannot tell (Argo CD puts that right where the object had an empty map).
func fromLua(value lua.LValue) (any, error) {
	return (&luaReader{seen: map[*lua.LTable]bool{}}).read(value)
}

type luaReader struct {
	seen  map[*lua.LTable]bool
	depth int
}

func (r *luaReader) read(value lua.LValue) (any, error) {
	switch value := value.(type) {
	case lua.LBool:
		return bool(value), nil
	case lua.LNumber:
		return float64(value), nil
	case lua.LString:
		return string(value), nil
	case *lua.LNilType:
		return nil, nil
	case *lua.LTable:
		if r.seen[value] {
			return nil, errors.New("a table that occurs more than once cannot be returned")
		}
		r.seen[value] = true
		if r.depth++; r.depth > documents.MaxDepth {
			return nil, fmt.Errorf("tables are nested deeper than %d levels", documents.MaxDepth)
		}
		defer func() { r.depth-- }()
		if first, _ := value.Next(lua.LNil); first.Type() == lua.LTString {
			return r.object(value)
		}
		return r.list(value)
	default:
		return nil, fmt.Errorf("a %s cannot be returned", value.Type())
	}
}

func (r *luaReader) object(table *lua.LTable) (any, error) {
	found := map[string]any{}
	for key, item := table.Next(lua.LNil); key != lua.LNil; key, item = table.Next(key) {
		name, ok := key.(lua.LString)
		if !ok {
			return nil, errors.New("a table with names and other keys cannot be returned")
		}
		var err error
		if found[string(name)], err = r.read(item); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return found, nil
}

func (r *luaReader) list(table *lua.LTable) (any, error) {
	found := []any{}
	for key, item := table.Next(lua.LNil); key != lua.LNil; key, item = table.Next(key) {
		if key != lua.LNumber(len(found)+1) {
			return nil, errors.New("a list with gaps or other keys cannot be returned")
		}
		value, err := r.read(item)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", len(found)+1, err)
		}
		found = append(found, value)
	}
	return found, nil
}
