package operations

import (
	"context"
	"errors"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"argosy/tool_worker/internal/frames"
)

type luaScript struct {
	Script        string            `json:"script"`
	Object        any               `json:"object"`
	Parameters    map[string]string `json:"parameters"`
	OpenLibraries bool              `json:"openLibraries"`
}

// runLua answers what each script returns, which sees `obj` and `actionParams` and nothing of the scripts before it.
func runLua(request frames.Request, limits Limits) (any, error) {
	var wanted struct {
		Seconds float64     `json:"seconds"`
		Items   []luaScript `json:"items"`
	}
	if err := options(request, &wanted); err != nil {
		return nil, err
	}
	return each(wanted.Items, wanted.Seconds, limits, func(ctx context.Context, item luaScript) (any, error) {
		return item.run(ctx)
	})
}

func (s luaScript) run(ctx context.Context) (any, error) {
	program, err := compiledLua.get(s.Script, compileLua)
	if err != nil {
		return nil, err
	}
	state := lua.NewState(lua.Options{
		SkipOpenLibs: true, RegistrySize: 1024, RegistryMaxSize: lua.RegistrySize, RegistryGrowStep: 512, MinimizeStackMemory: true,
	})
	defer state.Close()
	openLibraries(state, s.OpenLibraries)
	state.SetContext(ctx)
	state.SetGlobal("obj", toLua(state, s.Object))
	parameters := state.NewTable()
	for name, value := range s.Parameters {
		parameters.RawSetString(name, lua.LString(value))
	}
	state.SetGlobal("actionParams", parameters)
	state.Push(state.NewFunctionFromProto(program))
	if err := state.PCall(0, lua.MultRet, nil); err != nil {
		return nil, spokenLua(ctx, err)
	}
	return fromLua(state.Get(-1))
}

// compiledLua saves most of the work of a short script; compiled scripts hold no state.
var compiledLua = programs[*lua.FunctionProto]{most: 256}

func compileLua(script string) (*lua.FunctionProto, error) {
	chunk, err := parse.Parse(strings.NewReader(script), "script")
	if err != nil {
		return nil, errors.New(strings.TrimSpace(err.Error()))
	}
	return lua.Compile(chunk, "script")
}

// spokenLua is the error's own words without Lua's stack trace.
func spokenLua(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var failed *lua.ApiError
	if errors.As(err, &failed) && failed.Object != nil && failed.Object != lua.LNil {
		return errors.New(failed.Object.String())
	}
	return err
}

// open is what every script may use. (Argo CD withholds "string" and "math" from scripts without open libraries; they
// compute and do nothing else.)
var open = map[string]lua.LGFunction{
	lua.TabLibName: lua.OpenTable, lua.StringLibName: lua.OpenString, lua.MathLibName: lua.OpenMath, lua.OsLibName: lua.OpenOs,
}

// withheld would reach out of the script, or into the answers on standard output.
var withheld = []string{"dofile", "loadfile", "collectgarbage", "_printregs", "newproxy"}

// harmless are the functions of "os" that stay.
var harmless = map[string]bool{"time": true, "date": true, "clock": true, "difftime": true}

func openLibraries(state *lua.LState, all bool) {
	call := func(name string, library lua.LGFunction) {
		state.Push(state.NewFunction(library))
		state.Push(lua.LString(name))
		state.Call(1, 0)
	}
	call(lua.LoadLibName, lua.OpenPackage) // before the rest, which it notes for require
	call(lua.BaseLibName, lua.OpenBase)
	for name, library := range open {
		call(name, library)
	}
	if all {
		call(lua.CoroutineLibName, lua.OpenCoroutine)
	}
	loaders := state.GetField(state.GetGlobal(lua.LoadLibName), "loaders").(*lua.LTable)
	loaders.Remove(loaders.Len()) // the one that reads files
	for _, name := range withheld {
		state.SetGlobal(name, lua.LNil)
	}
	state.SetGlobal("print", state.NewFunction(func(*lua.LState) int { return 0 }))
	system := state.GetGlobal(lua.OsLibName).(*lua.LTable)
	var names []string
	system.ForEach(func(name, _ lua.LValue) { names = append(names, name.String()) })
	for _, name := range names {
		if !harmless[name] {
			system.RawSetString(name, lua.LNil)
		}
	}
}
