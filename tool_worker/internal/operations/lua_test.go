package operations

import (
	"strings"
	"testing"
)

func TestLuaSeesTheObjectAndReturnsJSON(t *testing.T) {
	object := item{"status": item{"ready": 2, "big": 9007199254740993, "list": []any{1, nil, "x"}, "ok": true, "none": nil}}
	for script, want := range map[string]string{
		`return {status = "Healthy", message = obj.status.ready .. " ready"}`:                 answered(`{"message":"2 ready","status":"Healthy"}`),
		`return {obj.status.ready, 10 / 2, 0.5, 1e21, obj.status.ok, obj.status.none == nil}`: answered(`[2,5,0.5,1e+21,true,true]`),
		`return {#obj.status.list, obj.status.list[2], {}, {a = {}}}`:                         answered(`[2,"x",[],{"a":[]}]`),
		`return actionParams.replicas`:                                                        answered(`"3"`),
		`return 1, "last"`:                                                                    answered(`"last"`),
		``:                                                                                    answered(`null`),
		`print("frames are safe"); return string.format("%05d", math.floor(3.7))`:                            answered(`"00003"`),
		`local os = require("os"); return type(os.time())`:                                                   answered(`"number"`),
		`return os.date("!%Y", 0)`:                                                                           answered(`"1970"`),
		`return table.concat({"a", "b"}, ",")`:                                                               answered(`"a,b"`),
		`goto done; do return 1 end; ::done:: return 2`:                                                      answered(`2`),
		`return {io == nil, debug == nil, dofile == nil, loadfile == nil, coroutine == nil, channel == nil}`: answered(`[true,true,true,true,true,true]`),
		`return {os.exit == nil, os.execute == nil, os.getenv == nil, os.remove == nil}`:                     answered(`[true,true,true,true]`),
		`return {require("os").exit == nil, (pcall(require, "io")), #package.loaders}`:                       answered(`[true,false,1]`),
	} {
		got := only(t, "lua", item{"script": script, "object": object, "parameters": item{"replicas": "3"}}, nil)
		if got != want {
			t.Errorf("%s: got %s, want %s", script, got, want)
		}
	}
}

func TestLuaDeclinesInItsOwnWords(t *testing.T) {
	for script, want := range map[string]string{
		`return {`:                                  "script at EOF:   syntax error",
		"\nerror(\"no\")":                           "script:2: no",
		`return obj.a.b`:                            "script:1: attempt to index a non-table object(nil) with key 'b'",
		`error({code = 1})`:                         "table: ",
		`return print`:                              "a function cannot be returned",
		`local t = {}; t.t = t; return t`:           "t: a table that occurs more than once cannot be returned",
		`return {1, 2, x = 3}`:                      "a list with gaps or other keys cannot be returned",
		`return {x = 3, [1] = 1}`:                   "a list with gaps or other keys cannot be returned",
		`return {[1] = 1, [3] = 3}`:                 "a list with gaps or other keys cannot be returned",
		`return 0/0`:                                "json: unsupported value: NaN",
		`return coroutine.create(function() end)`:   "script:1: attempt to index a non-table object(nil) with key 'create'",
		`local function f() return f() + 1 end f()`: "stack overflow",
		`local t = {} for i = 1, 600 do t = {t} end return t`: "nested deeper than 500 levels",
	} {
		got := only(t, "lua", item{"script": script, "object": item{}}, nil)
		if !strings.HasPrefix(got, `{"kind":"declined"`) || !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", script, got, want)
		}
	}
	if got := only(t, "lua", item{"script": `return type(coroutine.create)`, "openLibraries": true}, nil); got != answered(`"function"`) {
		t.Errorf("got %s", got)
	}
}

func TestLuaScriptsLeaveNothingBehind(t *testing.T) {
	for range 2 {
		got := only(t, "lua", item{"script": `seen = (seen or 0) + 1; string.found = (string.found or 0) + 1; return {seen, string.found}`}, nil)
		if got != answered(`[1,1]`) {
			t.Errorf("got %s", got)
		}
	}
}
